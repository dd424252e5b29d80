-- What is known of a request that is not done, in forms that are read and written by the batch:
--   requests      id -> `waiters mode deadline losses priority places`, a line end, the payload; waiters and places (places.lua) with a
--                 comma between, deadline 0: none;
--                 behind the payload, a line end and the context of a trace may follow: a payload itself has no line end;
--                 with `large` behind the places, the payload is the name alone, and all of it is in payloads
--   payloads      id -> payload of over 64 KiB, and the trace: Lua looks at every byte of each string that it makes, so scripts
--                 make none of large values that they can do without, and workers read them here (large-values.ts)
--   claims        id -> `worker ms`: who holds it since when; an id without is queued. With `noted` behind, there are
--                 notes; with `copied`, a volunteer was given a copy
--   notes         `suspended <id>` -> ids it waits for; `progress <id>` -> `done total`, of a chunk also which slice it
--                 is at, and for how many ms
--   reports       id -> reports on lost workers with a comma between, if there were losses
local perCall = 2000
local largeBytes = 65536

-- Fields of a hash for all ids, false where there is none.
local function fieldsOf(key, ids)
  if #ids == 1 then return { redis.call('HGET', key, ids[1]) } end
  if #ids == 0 then return {} end
  if #ids <= perCall then return redis.call('HMGET', key, unpack(ids)) end
  local fields = {}
  for first = 1, #ids, perCall do
    local part = redis.call('HMGET', key, unpack(ids, first, math.min(first + perCall - 1, #ids)))
    for i = 1, #part do fields[first + i - 1] = part[i] end
  end
  return fields
end

-- Calls a command that takes a key and any number of values. Returns the sum of its replies.
local function pushAll(command, key, values)
  local sum = 0
  for first = 1, #values, perCall do
    sum = sum + redis.call(command, key, unpack(values, first, math.min(first + perCall - 1, #values)))
  end
  return sum
end

-- Another process may have written anything instead of a record. What this accepts, claim-record.ts reads. Returns nil for the rest.
local modeNames = { use = true, refresh = true, bypass = true }
local mostDigits = 14
local function arePlaces(text)
  if text == '-' then return true end
  for place in string.gmatch(text or '?', '[^,]+') do
    if not string.find(place, '^queue') and not string.find(place, '^caller:') then return false end
  end
  return true
end
local function readHeader(text)
  local waiters, mode, deadline, losses, priority, places, large =
    string.match(text, '^(%S*) (%l+) (%d+) (%d+) (%-?%d+) (%S+)( ?%l*)\n')
  if not modeNames[mode] or large ~= '' and large ~= ' large' or not arePlaces(places) then return nil end
  if #deadline > mostDigits or #losses > mostDigits or #priority > mostDigits then return nil end
  return {
    waiters = waiters, mode = mode, deadline = tonumber(deadline), losses = tonumber(losses), priority = tonumber(priority), places = places,
    isLarge = large ~= '',
  }
end

-- Of a record that cannot be read: no process wants it, and there may be any notes on it.
local unreadableHeader = { length = 0, waiters = {}, losses = 1, places = '-', isLarge = true, isUnreadable = true }

-- Most records begin alike, so what was made out of a beginning is kept for the rest of the call.
local headers, lastText, lastLength, lastHeader = {}, nil, 0, nil
local function headerOf(text)
  if string.sub(text, 1, lastLength) == lastText then return lastHeader end
  local length = string.find(text, '\n', 1, true)
  if not length then return unreadableHeader end
  lastLength = length
  lastText = string.sub(text, 1, lastLength)
  lastHeader = headers[lastText]
  if lastHeader == nil then
    lastHeader = readHeader(lastText) or unreadableHeader
    headers[lastText] = lastHeader
    if lastHeader.isUnreadable then return lastHeader end
    local waiters = lastHeader.waiters
    lastHeader.length, lastHeader.waiters = lastLength, {}
    for waiter in string.gmatch(waiters, '[^,]+') do lastHeader.waiters[#lastHeader.waiters + 1] = waiter end
  end
  return lastHeader
end

-- Whether any process that waits is alive.
local function isWanted(header)
  for _, waiter in ipairs(header.waiters) do
    if isKnown(waiter) then return true end
  end
  return false
end

-- Nil for text that is not a record.
local function parseRecord(text)
  local record = readHeader(text)
  if not record then return nil end
  record.payload = string.sub(text, string.find(text, '\n', 1, true) + 1)
  return record
end

-- Whether a result is a stamp (lib/currency.lua) and a value.
local function isReadableResult(result) return string.find(result, '^[^ ]* [=~]') ~= nil end

-- The outcome and the stamp of a result; nil where that is not a value.
local function readResult(result)
  if not isReadableResult(result) then return nil end
  local at = string.find(result, ' ', 1, true)
  return string.sub(result, at + 1), string.sub(result, 1, at - 1)
end

local function payloadAlone(text) return string.match(text, '^[^\n]*') end
local function traceAfter(text)
  local at = string.find(text, '\n', 1, true)
  return at and string.sub(text, at) or ''
end

local function recordText(record)
  return record.waiters .. ' ' .. record.mode .. ' ' .. string.format('%d', record.deadline) .. ' ' .. record.losses .. ' '
    .. record.priority .. ' ' .. record.places .. (record.isLarge and ' large' or '') .. '\n' .. record.payload
end

local function readRecord(id)
  local text = redis.call('HGET', requestsKey, id)
  return text and parseRecord(text) or nil
end

local function hasWaiter(record, process)
  return string.find(',' .. record.waiters .. ',', ',' .. process .. ',', 1, true) ~= nil
end

local function addWaiter(record, process)
  record.waiters = record.waiters == '' and process or record.waiters .. ',' .. process
end

-- The waiters that are left when one leaves.
local function withoutWaiter(record, leaving)
  local left = {}
  for waiter in string.gmatch(record.waiters, '[^,]+') do
    if waiter ~= leaving then left[#left + 1] = waiter end
  end
  return table.concat(left, ',')
end

local function hasKnownWaiter(record)
  for waiter in string.gmatch(record.waiters, '[^,]+') do
    if isKnown(waiter) then return true end
  end
  return false
end

local function workerOf(claim) return claim and string.match(claim, '^%S+') or nil end

-- Plain payloads are `["name",…]`, rich ones `{"json":["name",…`.
local function functionNameAt(text, at)
  return string.match(text, '^%["([^"]*)"', at) or string.match(text, '^{"json":%["([^"]*)"', at) or ''
end

-- Names of functions with a blank between as a set; nil if there are none.
local function skipSet(text)
  local skips = nil
  for name in string.gmatch(text, '%S+') do
    skips = skips or {}
    skips[name] = true
  end
  return skips
end

local function isLargePayload(payload)
  if #payload <= largeBytes then return false end
  local traceAt = string.find(payload, '\n', 1, true)
  return not traceAt or traceAt - 1 > largeBytes
end

-- What a record has of a large payload, which is stored apart.
local function nameAlone(payload) return '["' .. functionNameAt(payload, 1) .. '"]' end

-- Ends claims, and first forgets what was noted of them: a claim can be without notes, and notes cannot be without a claim.
local function unclaim(ids, claims)
  if #ids == 0 then return end
  local notes = {}
  for i, id in ipairs(ids) do
    if claims[i] and string.find(claims[i], ' noted', 1, true) then
      notes[#notes + 1] = 'suspended ' .. id
      notes[#notes + 1] = 'progress ' .. id
    end
  end
  pushAll('HDEL', notesKey, notes)
  pushAll('HDEL', claimsKey, ids)
end

-- Notifies every waiter except the one that hands the outcome in; the caller closes the request.
local function tellWaiters(id, waiters, outcome, stamp, isStored, except)
  local message = nil
  for _, waiter in ipairs(waiters) do
    if waiter ~= except then
      if message == nil then
        message = isStored and #outcome > largeBytes and 'reference ' .. id or 'outcome ' .. id .. ' ' .. stamp .. ' ' .. outcome
      end
      sendOutcome(waiter, message)
    end
  end
end

local function timeoutOf(deadline)
  if deadline == 0 then return '0' end
  return string.format('%d', math.max(1, deadline - readClock()))
end
