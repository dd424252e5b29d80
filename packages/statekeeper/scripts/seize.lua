-- Claims these very requests as far as they are queued, for a member that has them evaluated elsewhere: they count as suspended.
-- Their ids stay on their queues, and are stale there.
-- needs: time counters inbox record
-- ARGV: worker, then ids
-- reply: those of the ids that the worker holds then
-- bound: the number of ids
local worker = ARGV[1]
if redis.call('HEXISTS', membersKey, worker) == 0 then return {} end
local held = {}
for i = 2, #ARGV do
  local id = ARGV[i]
  local claim = redis.call('HGET', claimsKey, id)
  if claim then
    if workerOf(claim) == worker then held[#held + 1] = id end
  elseif redis.call('HEXISTS', requestsKey, id) == 1 then
    redis.call('HSET', claimsKey, id, worker .. ' ' .. string.format('%d', readClock()) .. ' noted')
    redis.call('HSET', notesKey, 'suspended ' .. id, '')
    redis.call('SADD', runningOf .. worker, id)
    count('seized', 1)
    held[#held + 1] = id
  end
end
storeCounters()
return held
