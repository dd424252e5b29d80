-- Reads what versions were made of.
-- needs:
-- ARGV: versions
-- reply: for each version its note as JSON; an empty text for a version without a note
-- bound: the number of versions
local reply = {}
for i, version in ipairs(ARGV) do reply[i] = redis.call('GET', codeNoteOf .. version) or '' end
return reply
