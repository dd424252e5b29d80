-- A waiter leaves: a request that no caller waits for any more is removed, and its owner is notified to stop.
-- needs: time counters inbox record places queues
-- ARGV: process, then ids
-- reply: nothing
-- bound: the number of ids
local process = ARGV[1]
for i = 2, #ARGV do
  local id = ARGV[i]
  local record = readRecord(id)
  if record and hasWaiter(record, process) then
    record.waiters = withoutWaiter(record, process)
    local worker = workerOf(redis.call('HGET', claimsKey, id))
    if hasKnownWaiter(record) then
      redis.call('HSET', requestsKey, id, recordText(record))
      -- who passed it over because this process waited for it may take it now
      if not worker then forgetPassedAt(record.places) end
    else
      if worker then
        redis.call('SREM', runningOf .. worker, id)
        send(worker, 'cancel ' .. id)
      end
      close(id, record)
      count('withdrawn', 1)
    end
  end
end
deliver()
storeCounters()
