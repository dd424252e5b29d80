-- A waiter leaves: a request that nobody waits for any more is removed, and its owner is told to stop.
-- needs: counters inbox record
-- ARGV: process, then ids
-- reply: nothing
-- bound: the number of ids
local process = ARGV[1]
for i = 2, #ARGV do
  local id = ARGV[i]
  if redis.call('HDEL', requestOf .. id, 'waiter:' .. process) == 1 then
    local record = openRecord(id)
    if not hasKnownWaiter(record) then
      if record.owner then
        redis.call('SREM', runningOf .. record.owner, id)
        send(record.owner, 'cancel ' .. id)
      end
      redis.call('DEL', requestOf .. id)
      count('withdrawn', 1)
    end
  end
end
deliver()
storeCounters()
