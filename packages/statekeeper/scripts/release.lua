-- Takes claimed requests back unstarted: they go to the head of the pool's queue.
-- needs: time counters inbox record draw match
-- ARGV: worker, then ids
-- reply: nothing
-- bound: the number of ids
local worker = ARGV[1]
local back = {}
for i = 2, #ARGV do
  local id = ARGV[i]
  if redis.call('HGET', requestOf .. id, 'owner') == worker then
    redis.call('HDEL', requestOf .. id, 'owner', 'claimedAt', 'suspended', 'progress')
    back[#back + 1] = id
  end
  redis.call('SREM', runningOf .. worker, id)
end
pushToHead(queueKey, back)
count('released', #back)
match(#back, 8)
deliver()
storeCounters()
