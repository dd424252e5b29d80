-- Takes outcomes in: the first outcome of an open request wins, an error only from its owner; notifies the waiters. Outcomes of code that is
-- not current are refused, and the worker releases those requests among them that it holds.
-- needs: time counters inbox record places groups stamps currency
-- ARGV: worker, number of reports, for each: function name, evaluations, failures, selfMicros (0: as before), expectedMicros;
--       then groups of outcomes: ttlMs (0: do not keep), stamp, how many, for each: id, outcome text
-- reply: ids that the worker holds, and whose outcomes were made by code that is not current
-- bound: the number of outcomes, and of functions that took part in them
local worker, reports = ARGV[1], tonumber(ARGV[2])
for i = 3, 2 + 5 * reports, 5 do
  count('evaluated', tonumber(ARGV[i + 1]))
  count('evaluated:' .. ARGV[i], tonumber(ARGV[i + 1]))
  count('failed', tonumber(ARGV[i + 2]))
  if ARGV[i + 3] ~= '0' then redis.call('HSET', costsKey, ARGV[i], ARGV[i + 3] .. ' ' .. ARGV[i + 4]) end
end

-- With the time of its end Redis keeps a result faster than with how long: it need not be computed for each.
local ends = {}
local function untilWhen(ttlMs)
  local known = ends[ttlMs]
  if known == nil then
    known = string.format('%d', readClock() + tonumber(ttlMs))
    ends[ttlMs] = known
  end
  return known
end

-- A large value is put behind its stamp by Redis, see lib/record.lua: what is set at an offset of no key takes no more than it needs.
local function keepLarge(key, stamp, outcome, ttlMs)
  redis.call('DEL', key)
  redis.call('SETRANGE', key, #stamp + 1, outcome)
  redis.call('SETRANGE', key, 0, stamp .. ' ')
  redis.call('PEXPIRE', key, ttlMs)
end

local function keep(id, stamp, outcome, ttlMs)
  local key = resultOf .. id
  if #outcome > largeBytes then return keepLarge(key, stamp, outcome, ttlMs) end
  redis.call('SET', key, stamp .. ' ' .. outcome, 'PXAT', untilWhen(ttlMs))
end

-- A request that is not known any more has no waiters, and a hit looks at the stamp.
local function isOutdated(text, stamp)
  return text and not isMadeByCurrentCode(functionNameAt(text, headerOf(text).length + 1), stamp)
end

local function isHeldBy(worker, id)
  local claim = redis.call('HGET', claimsKey, id)
  return claim and workerOf(claim) == worker
end

local fewIds = 8
local ttls, stamps, ids, outcomes = readGroups(3 + 5 * reports)
local texts, outdated, current = fieldsOf(requestsKey, ids), {}, {}
for i, id in ipairs(ids) do
  if isOutdated(texts[i], stamps[i]) then
    if isHeldBy(worker, id) then outdated[#outdated + 1] = id end
  else
    current[#current + 1] = i
  end
end
if #current < #ids then
  for at, i in ipairs(current) do
    ttls[at], stamps[at], ids[at], outcomes[at], texts[at] = ttls[i], stamps[i], ids[i], outcomes[i], texts[i]
  end
  for at = #ids, #current + 1, -1 do ids[at] = nil end
end
if #ids > 0 then
  -- what a worker was running is its own: the claims of many need reading only if there are others, or notes to forget
  local isRunning = pushAll('SREM', runningOf .. worker, ids) == #ids
  local isAllMine = isRunning and #ids > fewIds and redis.call('EXISTS', notesKey) == 0
  local claims = isAllMine and {} or fieldsOf(claimsKey, ids)
  local closed, ended, large, isClosed, late, fenced = {}, {}, {}, {}, 0, 0
  local mine = worker .. ' '
  for i, id in ipairs(ids) do
    local outcome, text, claim = outcomes[i], texts[i], claims[i]
    local isMine = isAllMine or claim and string.find(claim, mine, 1, true) == 1
    local isError = string.byte(outcome) == 33
    local isKept = not isError and ttls[i] ~= '0'
    if not text or isClosed[id] then
      if isKept and redis.call('EXISTS', resultOf .. id) == 0 then keep(id, stamps[i], outcome, ttls[i]) end
      late = late + 1
    elseif isError and not isMine then
      fenced = fenced + 1
    else
      if isKept then keep(id, stamps[i], outcome, ttls[i]) end
      local header = headerOf(text)
      tellWaiters(id, header.waiters, outcome, stamps[i], isKept, worker)
      if header.losses > 0 then redis.call('HDEL', reportsKey, id) end
      if not isAllMine and not claim then takeOff(id, header.places) end
      if header.isLarge then large[#large + 1] = id end
      closed[#closed + 1] = id
      ended[#closed] = claim
      isClosed[id] = true
      local owner = not isMine and workerOf(claim)
      if owner then
        redis.call('SREM', runningOf .. owner, id)
        send(owner, 'cancel ' .. id)
      end
    end
  end
  -- before the requests are gone: a waiter that is sent nothing would have them evaluated again
  deliver()
  pushAll('HDEL', payloadsKey, large)
  unclaim(closed, ended)
  pushAll('HDEL', requestsKey, closed)
  count('late', late)
  count('fenced', fenced)
  count('completed', #closed)
end
count('outdated', #outdated)
storeCounters()
return outdated
