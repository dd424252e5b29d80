-- Places: the queues on which a request lies while no worker has claimed it, each by what its key ends with: `queue-of-pool`,
-- `queue:<worker>`, `caller:<priority>:<process>`. Its record names them; `-`: no queue. What is claimed, done or withdrawn lies on no queue.
-- So that this holds wherever a script stops, a request leaves its queues before it is claimed or closed, and is in its record and without
-- a claim before it is put on a queue. What is missing on a queue then is put there by the audit (lib/audit.lua).
local poolPlace = 'queue-of-pool'
local function isShared(place) return string.sub(place, 1, 6) ~= 'queue:' end

local function hasPlace(places, place) return string.find(',' .. places .. ',', ',' .. place .. ',', 1, true) ~= nil end

local function withPlace(places, place)
  if places == '-' then return place end
  return hasPlace(places, place) and places or places .. ',' .. place
end

local function withoutPlace(places, place)
  local left = {}
  for other in string.gmatch(places, '[^,]+') do
    if other ~= place then left[#left + 1] = other end
  end
  return #left == 0 and '-' or table.concat(left, ',')
end

-- The text of a record with other places; of one that cannot be read the same.
local function placedText(text, places)
  local before, after = string.match(text, '^(%S* %S+ %d+ %d+ %S+ )%S+(.*)$')
  return before and before .. places .. after or text
end

local function removeFrom(place, ids)
  local removed = pushAll('ZREM', KEYS[1] .. place, ids)
  if isShared(place) then countWaiting(-removed) end
end

local function takeOff(id, places)
  for place in string.gmatch(places, '[^,]+') do
    if place ~= '-' then removeFrom(place, { id }) end
  end
end

-- Notes on a record are removed before it: what a script leaves behind that stops in between is found by the record.
local function eraseRecord(id, record)
  if record.losses > 0 then redis.call('HDEL', reportsKey, id) end
  if record.isLarge then redis.call('HDEL', payloadsKey, id) end
  redis.call('HDEL', requestsKey, id)
end

-- Removes a request that is done, or that no caller waits for; by its record, or its header.
local function close(id, record)
  local claim = redis.call('HGET', claimsKey, id)
  if claim then
    unclaim({ id }, { claim })
  else
    takeOff(id, record.places)
  end
  eraseRecord(id, record)
end
