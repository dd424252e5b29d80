-- Forgets one result, or, by raising the function's generation, all results of a function. Members drop what they remember.
-- needs: inbox functions
-- ARGV: what (id|function), the id or name
-- reply: nothing
-- bound: the number of members
local what, name = ARGV[1], ARGV[2]
if what == 'id' then
  redis.call('DEL', resultOf .. name)
  for _, member in ipairs(redis.call('HKEYS', membersKey)) do send(member, 'forget ' .. name) end
else
  local stamp = redis.call('HGET', functionsKey, name)
  if stamp then
    local version, generation = string.match(stamp, '^(.*)#(%d+)$')
    redis.call('HSET', functionsKey, name, version .. '#' .. (tonumber(generation) + 1))
    announceFunctions()
  end
end
deliver()
