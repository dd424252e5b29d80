-- Reads one request for `why`.
-- needs: time inbox record
-- ARGV: id
-- reply: nothing if unknown; 'done', the stamp of its result and for how many ms
--        that is kept, if that is all there is; else payload, owner, ms until the owner's lease lapses (empty: none),
--        ms since it was claimed (empty: not), ids it waits for, losses, is suspended (1|0), ms until its deadline (0: none),
--        progress (empty: none), priority, then the waiters
-- bound: the number of waiters
local id = ARGV[1]
local record = readRecord(id)
if not record then
  -- an outcome may be very long; a result whose stamp alone is longer than this, of code of hundreds of functions, counts as unknown
  local stamp = string.match(redis.call('GETRANGE', resultOf .. id, 0, largeBytes), '^(%S+) ')
  return stamp and { 'done', stamp, redis.call('PTTL', resultOf .. id) } or {}
end
local worker, claimedAt = string.match(redis.call('HGET', claimsKey, id) or '', '^(%S+) (%d+)')
local lease = worker and redis.call('ZSCORE', leasesKey, worker)
local suspended = redis.call('HGET', notesKey, 'suspended ' .. id)
local payload = record.isLarge and redis.call('HGET', payloadsKey, id) or record.payload
local reply = {
  payloadAlone(payload), worker or '', lease and tostring(lease - readClock()) or '',
  claimedAt and tostring(readClock() - tonumber(claimedAt)) or '', suspended or '', tostring(record.losses),
  suspended and 1 or 0, timeoutOf(record.deadline), redis.call('HGET', notesKey, 'progress ' .. id) or '',
  tostring(record.priority),
}
for waiter in string.gmatch(record.waiters, '[^,]+') do reply[#reply + 1] = waiter end
return reply
