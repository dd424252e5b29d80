-- Returns the state of the pool to a bridge, and has it called when a member becomes idle.
-- needs: counters
-- ARGV: process
-- reply: how many requests wait in the pool's queue and callers', how many the volunteers besides the process ask for, how many of them
--        ahead of need, how many requests were ever claimed
-- bound: 1000 volunteers, more of them count for one request each
local process = ARGV[1]
redis.call('SADD', lookersKey, process)
local claimed = tonumber(redis.call('HGET', statsKey, 'claimed') or 0)
local wanted, wantedAhead = redis.call('HLEN', volunteersKey), 0
local volunteers = {}
if wanted <= 1000 then
  if wanted > 0 then volunteers = redis.call('HGETALL', volunteersKey) end
  wanted = 0
end
for i = 1, #volunteers, 2 do
  local want, reach = string.match(volunteers[i + 1], '^%d+ (%d+) %d+ (%S+)')
  if volunteers[i] == process or not want then
    want = 0
  elseif reach == 'ahead' then
    wantedAhead = wantedAhead + want
  else
    wanted = wanted + want
  end
end
return { waitingNow(), wanted, wantedAhead, claimed }
