-- Reads one request for `why`.
-- needs: time inbox record
-- ARGV: id
-- reply: nothing if unknown; 'done' if there is a result; else payload, owner, ms until the owner's lease lapses (empty: none),
--        ms since it was claimed (empty: not), ids it waits for, losses, is suspended (1|0), ms until its deadline (0: none),
--        progress (empty: none), then the waiters
-- bound: the number of waiters
local id = ARGV[1]
local record = openRecord(id)
if record == nil then
  if redis.call('EXISTS', resultOf .. id) == 1 then return { 'done' } end
  return {}
end
local lease = record.owner and redis.call('ZSCORE', leasesKey, record.owner)
return {
  record.payload, record.owner or '', lease and tostring(lease - readClock()) or '',
  record.claimedAt and tostring(readClock() - tonumber(record.claimedAt)) or '', record.suspended or '', record.losses or '0',
  record.suspended and 1 or 0, record.deadline and tostring(math.max(1, tonumber(record.deadline) - readClock())) or '0',
  record.progress or '', unpack(record.waiters),
}
