-- Takes back guests of a bridge that nobody has claimed, what would be drawn last first: it waits for them no longer.
-- needs: time counters inbox record callers
-- ARGV: process, limit, names of functions whose requests stay (with a blank between)
-- reply: the ids that were taken back
-- bound: limit, and what lies behind of functions that stay
local process, limit, skips = ARGV[1], tonumber(ARGV[2]), skipSet(ARGV[3])
local recalled = {}

-- Returns whether the request stays where it is.
local function recall(id, text, claim)
  local record = text and not claim and parseRecord(text)
  if not record or not hasWaiter(record, process) then return false end
  if skips and skips[functionNameAt(record.payload, 1)] then return true end
  record.waiters = withoutWaiter(record, process)
  recalled[#recalled + 1] = id
  if hasKnownWaiter(record) then
    redis.call('HSET', requestsKey, id, recordText(record))
  else
    close(id, record)
  end
  return false
end

for _, priority in ipairs(prioritiesLowestFirst()) do
  local key, left, isMore = callerQueueOf .. priority .. ':' .. process, {}, true
  while isMore and #recalled < limit do
    local wanted = limit - #recalled
    local ids = redis.call('RPOP', key, wanted) or {}
    local texts, claims = fieldsOf(requestsKey, ids), fieldsOf(claimsKey, ids)
    countWaiting(-#ids)
    for i, id in ipairs(ids) do
      if recall(id, texts[i], claims[i]) then left[#left + 1] = id end
    end
    isMore = #ids == wanted
  end
  countWaiting(#left)
  pushAll('RPUSH', key, reversed(left))
end
count('recalled', #recalled)
storeCounters()
return recalled
