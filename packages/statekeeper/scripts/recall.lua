-- Takes back guests of a bridge that no worker has claimed, what would be drawn last first: it waits for them no longer.
-- needs: time counters inbox record places queues callers
-- ARGV: process, limit, names of functions whose requests stay (with a blank between)
-- reply: the ids that were taken back
-- bound: limit, and what lies behind of functions that stay
local process, limit, skips = ARGV[1], tonumber(ARGV[2]), skipSet(ARGV[3])
local recalled = {}

-- Takes a request off this queue, unless it is on no other. Returns whether it stays where it is.
local function leaveHere(id, record, place)
  local places = withoutPlace(record.places, place)
  local isElsewhere = places ~= '-'
  if isElsewhere then
    removeFrom(place, { id })
    record.places = places
  end
  redis.call('HSET', requestsKey, id, recordText(record))
  return not isElsewhere
end

-- Returns whether the request stays where it is.
local function recall(id, text, place)
  local record = text and parseRecord(text)
  if not record then
    removeFrom(place, { id })
    return false
  end
  if hasWaiter(record, process) then
    if skips and skips[functionNameAt(record.payload, 1)] then return true end
    record.waiters = withoutWaiter(record, process)
    recalled[#recalled + 1] = id
    if not hasKnownWaiter(record) then
      close(id, record)
      return false
    end
    forgetPassedAt(record.places)
  end
  -- the queue of one priority was left before, or others who wait for the request are served from here
  return leaveHere(id, record, place)
end

for _, priority in ipairs(prioritiesLowestFirst()) do
  local place, staying, isMore = callerPlace(priority, process), 0, true
  while isMore and #recalled < limit do
    local wanted = limit - #recalled
    local ids = redis.call('ZRANGE', KEYS[1] .. place, staying, staying + wanted - 1, 'REV')
    local texts = fieldsOf(requestsKey, ids)
    for i, id in ipairs(ids) do
      if recall(id, texts[i], place) then staying = staying + 1 end
    end
    isMore = #ids == wanted
  end
end
count('recalled', #recalled)
storeCounters()
return recalled
