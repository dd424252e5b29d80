-- Announces work that is not queued yet, instead of what was announced under its id; no work withdraws that. What has ended is dropped.
-- needs: time
-- ARGV: id, ms until it starts, ms until the announcement ends, within how many ms it should be done, how many ms it takes one slot
-- reply: whether it was noted (1|0)
-- bound: 1000 announcements
local mostExpected = 1000
local id, workMs = ARGV[1], ARGV[5]
local announced = redis.call('HGETALL', expectedKey)
local ended, isKnown = {}, false
for i = 1, #announced, 2 do
  local endsAt = tonumber(string.match(announced[i + 1], '^%d+ (%d+)')) or 0
  if endsAt <= readClock() then ended[#ended + 1] = announced[i] elseif announced[i] == id then isKnown = true end
end
if #ended > 0 then redis.call('HDEL', expectedKey, unpack(ended)) end
if workMs == '0' then
  redis.call('HDEL', expectedKey, id)
  return 1
end
if #announced / 2 - #ended >= mostExpected and not isKnown then return 0 end
local times = string.format('%d %d', readClock() + tonumber(ARGV[2]), readClock() + tonumber(ARGV[3]))
redis.call('HSET', expectedKey, id, times .. ' ' .. ARGV[4] .. ' ' .. workMs)
return 1
