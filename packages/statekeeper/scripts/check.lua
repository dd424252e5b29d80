-- Returns to a process the state of requests it waits for, and makes it a waiter of the open ones (again). Who was none is in line with
-- those that are queued, since it may draw nothing from the caller with whom they are.
-- needs: time lease counters inbox record places queues stamps currency
-- ARGV: process, leaseMs (0: leave the lease alone), then for each request: id, function name
-- reply: for each id: outcome text and stamp, or 0 (pending), or 1 (unknown, or only kept as made by code that is not current)
-- bound: the number of ids
local process, leaseMs = ARGV[1], tonumber(ARGV[2])
if leaseMs > 0 then lease(process, leaseMs) end
local reply, queued = {}, {}
for i = 3, #ARGV, 2 do
  local id = ARGV[i]
  local record = readRecord(id)
  if record and record.isLarge and redis.call('HEXISTS', payloadsKey, id) == 0 then
    -- evicted: who waits hands it in again
    reply[#reply + 1] = 1
  elseif record then
    if not hasWaiter(record, process) then
      addWaiter(record, process)
      if redis.call('HEXISTS', claimsKey, id) == 0 then
        if hasPlace(record.places, poolPlace) then forgetPassed(poolPlace) end
        record.places = withPlace(record.places, poolPlace)
        queued[#queued + 1] = id
      end
      redis.call('HSET', requestsKey, id, recordText(record))
    end
    reply[#reply + 1] = 0
  else
    local outcome, stamp = readResult(redis.call('GET', resultOf .. id) or '')
    reply[#reply + 1] = outcome and isMadeByCurrentCode(ARGV[i + 1], stamp) and { outcome, stamp } or 1
  end
end
pushTo(poolPlace, queued)
storeCounters()
return reply
