-- Notes that two evaluations of a request by the current version of its function gave different values. Raises the function's generation, so that its
-- kept results are used no more; while the note is there, members keep no others.
-- needs: time inbox members stamps functions
-- ARGV: function name, version, note as JSON
-- reply: nothing
-- bound: the number of members
local name, version, note = ARGV[1], ARGV[2], ARGV[3]
local current, generation = string.match(redis.call('HGET', functionsKey, name) or '', '^(.*)#(%d+)$')
if current == version then
  redis.call('HSET', mismatchesKey, name, version .. ' ' .. string.format('%d', readClock()) .. ' ' .. note)
  redis.call('HSET', functionsKey, name, version .. '#' .. (tonumber(generation) + 1))
  announceFunctions()
end
deliver()
