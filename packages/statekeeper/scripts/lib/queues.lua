-- Queues: sorted sets of ids in the order in which they came: by the time in quarters of a µs, since no script is faster than that.
-- What goes to the head of the pool's queue has its time with a minus, so that it is before all others, and before what came so earlier.
-- `passed:<place>` says how far those have looked who pass over the same requests; it lasts a minute, and then they look again.
local idsPerMicro, passedLastsMs = 4, 60000
local pushed = 0

local function passedUpTo(place, kind) return redis.call('HGET', passedOf .. place, kind) end

local function notePassed(place, kind, score)
  redis.call('HSET', passedOf .. place, kind, score)
  redis.call('PEXPIRE', passedOf .. place, passedLastsMs, 'NX')
end

local function forgetPassed(place) redis.call('DEL', passedOf .. place) end
local function forgetPassedAt(places)
  for place in string.gmatch(places, '[^,]+') do forgetPassed(place) end
end

-- The first one behind `before`. What lies there already stays where it is. Returns how many did not.
local function addTo(place, ids, before)
  local added = 0
  for first = 1, #ids, perCall do
    local scored, last = {}, math.min(first + perCall - 1, #ids)
    for i = first, last do
      local at = 2 * (i - first)
      scored[at + 1] = before + i
      scored[at + 2] = ids[i]
    end
    added = added + redis.call('ZADD', KEYS[1] .. place, 'NX', unpack(scored))
  end
  pushed = pushed + #ids
  if isShared(place) then countWaiting(added) end
  return added
end

local function pushTo(place, ids)
  return #ids > 0 and addTo(place, ids, readMicros() * idsPerMicro + pushed) or 0
end

-- To the head of the pool's queue, so that the first of the ids is claimed first. Those who passed others over have not seen them.
local function pushToHead(ids)
  if #ids == 0 then return end
  addTo(poolPlace, ids, -readMicros() * idsPerMicro - pushed - #ids - 1)
  forgetPassed(poolPlace)
end

local function reversed(values)
  local turned = {}
  for i = #values, 1, -1 do turned[#turned + 1] = values[i] end
  return turned
end
