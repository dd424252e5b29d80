-- Reads the mismatches that were noted.
-- needs: time
-- ARGV: none
-- reply: the time in ms, then for each function with one: its name, and its version, the time of the note in ms, and the note as JSON, with blanks between
-- bound: the number of functions
local reply = { string.format('%d', readClock()) }
for _, part in ipairs(redis.call('HGETALL', mismatchesKey)) do reply[#reply + 1] = part end
return reply
