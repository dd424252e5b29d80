-- Notes what versions were made of.
-- needs:
-- ARGV: for how many ms, then for each version: version, its note as JSON
-- reply: nothing
-- bound: the number of versions
for i = 2, #ARGV, 2 do redis.call('SET', codeNoteOf .. ARGV[i], ARGV[i + 1], 'PX', ARGV[1]) end
