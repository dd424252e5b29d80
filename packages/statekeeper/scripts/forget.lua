-- Forgets one result, or, by raising the function's generation, all results of a function, and its mismatch. Members drop what they remember.
-- needs: inbox members stamps functions
-- ARGV: what (id|function), the id or name
-- reply: nothing
-- bound: the number of members
local what, name = ARGV[1], ARGV[2]
if what == 'id' then
  redis.call('DEL', resultOf .. name)
  local members = redis.call('HGETALL', membersKey)
  for i = 1, #members, 2 do
    if readMember(members[i + 1]).kind == 'worker' then send(members[i], 'forget ' .. name) end
  end
else
  redis.call('HDEL', mismatchesKey, name)
  local version, generation = string.match(redis.call('HGET', functionsKey, name) or '', '^(.*)#(%d+)$')
  if version then
    redis.call('HSET', functionsKey, name, version .. '#' .. (tonumber(generation) + 1))
    announceFunctions()
  end
end
deliver()
