-- The record of a request that is not done: payload, mode, deadline, owner, claimedAt, suspended, losses, reports, and one
-- field `waiter:<process>` for each waiting process. Without an owner it is queued.
local function openRecord(id)
  local fields = redis.call('HGETALL', requestOf .. id)
  if #fields == 0 then return nil end
  local record = { waiters = {} }
  for i = 1, #fields, 2 do
    local field = fields[i]
    if string.sub(field, 1, 7) == 'waiter:' then
      record.waiters[#record.waiters + 1] = string.sub(field, 8)
    else
      record[field] = fields[i + 1]
    end
  end
  return record
end

local function hasKnownWaiter(record)
  for _, waiter in ipairs(record.waiters) do
    if isKnown(waiter) then return true end
  end
  return false
end

-- Plain payloads are `["name",…]`, rich ones `{"json":["name",…`.
local function functionName(payload)
  return string.match(payload, '^%["([^"]*)"') or string.match(payload, '^{"json":%["([^"]*)"') or ''
end

-- Tells every waiter but the one that hands the outcome in, and closes the record.
local largeBytes = 65536
local function finish(id, record, outcome, isStored, except)
  redis.call('DEL', requestOf .. id)
  local message = 'outcome ' .. id .. ' ' .. outcome
  if isStored and #outcome > largeBytes then message = 'reference ' .. id end
  for _, waiter in ipairs(record.waiters) do
    if waiter ~= except then send(waiter, message) end
  end
end

local function pushAll(command, key, ids)
  for first = 1, #ids, 4000 do
    redis.call(command, key, unpack(ids, first, math.min(first + 3999, #ids)))
  end
end

-- Puts ids at the head of a queue, so that the first of them is claimed first.
local function pushToHead(key, ids)
  local reversed = {}
  for i = #ids, 1, -1 do reversed[#reversed + 1] = ids[i] end
  pushAll('LPUSH', key, reversed)
end
