-- Takes requests in: answers what is known, joins what is in progress, queues the rest, and serves volunteers.
-- needs: time lease counters inbox record places queues groups members addressed stamps currency functions callers draw draw-ends match
-- ARGV: process, leaseMs (0: leave the lease alone), worker (its own queue, or that of which all requests are addressed; empty: none), queueLimit (0: none),
--       priority (or `child`: these are calls of a function that runs, and go to the pool's queue; with `guest` before it: a bridge
--       asks on behalf of another pool), then groups of requests: mode
--       (use|refresh|bypass|held), timeoutMs (0: none), how many, for each: id, payload (a line end and a trace context may follow)
-- reply: volunteers left, then for each request that can be answered at once: index, stamp and outcome as they are kept, or
--        `unknown-function`, `pool-full`, or `unknown-worker`
-- bound: the number of requests
local process, leaseMs, worker, queueLimit = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local isChild, guestPriority = ARGV[5] == 'child', string.match(ARGV[5], '^guest (.+)$')
local priority, isGuest = guestPriority or ARGV[5], guestPriority ~= nil
local rank = isChild and 0 or tonumber(priority)
if leaseMs > 0 then
  lease(process, leaseMs)
  leases[process] = true
end

local reply = { 0 }
local function answer(index, text)
  reply[#reply + 1] = index
  reply[#reply + 1] = text
end

local modes, timeouts, ids, payloads = readGroups(6)
local function isMember(id) return redis.call('HEXISTS', membersKey, id) == 1 end
local isForWorker = worker ~= '' and isAddressed(ids[1] or '')
if isForWorker then
  local member = readMember(redis.call('HGET', membersKey, worker) or '')
  if member.kind ~= 'worker' or member.isBridge then
    for index = 1, #ids do answer(index - 1, 'unknown-worker') end
    reply[1] = redis.call('HLEN', volunteersKey)
    return reply
  end
end
-- a worker that is gone draws nothing any more
if worker ~= '' and not isMember(worker) then worker = '' end
-- it claims from its own queue next, and needs no message for that
if worker == process then standDown(process) end
local room = math.huge
if queueLimit > 0 and isForWorker then room = queueLimit - redis.call('SCARD', runningOf .. worker) end
if queueLimit > 0 and worker == '' then room = queueLimit - waitingNow() end

-- Another function has taken part if a comma follows the current stamp. A pool without functions cannot distinguish versions.
local function usableResult(result, stamp)
  if not result or not isReadableResult(result) then return nil end
  if stamp and string.sub(result, 1, #stamp + 1) ~= stamp .. ' ' then
    local others = string.sub(result, 1, #stamp + 1) == stamp .. ',' and string.match(result, '^[^ ]+', #stamp + 1)
    if not others or not areCurrent(others) then return nil end
  end
  return result
end

-- What is kept under the ids, false where there is nothing.
local function resultsOf(ids)
  if #ids == 1 then return { redis.call('GET', resultOf .. ids[1]) } end
  local keys, results = {}, {}
  for i = 1, #ids do keys[i] = resultOf .. ids[i] end
  for first = 1, #ids, perCall do
    local part = redis.call('MGET', unpack(keys, first, math.min(first + perCall - 1, #ids)))
    for i = 1, #part do results[first + i - 1] = part[i] end
  end
  return results
end

local results, texts = resultsOf(ids), fieldsOf(requestsKey, ids)

-- Records are written together at the end; the place of the text of one among the writes, by id.
local writes, placeOf = {}, {}
local queued, held, isHeld = {}, {}, {}
local firstName = nil
local joined = 0
local place = isForWorker and '-' or worker ~= '' and 'queue:' .. worker or isChild and poolPlace or callerPlace(priority, process)
local plainHeader = process .. ' use 0 0 ' .. rank .. ' ' .. place .. '\n'
local heldHeader = process .. ' use 0 0 ' .. rank .. ' -\n'

local function write(id, text)
  local place = placeOf[id]
  if place == nil then
    place = #writes + 2
    placeOf[id] = place
    writes[place - 1] = id
  end
  writes[place] = text
end

-- Large payloads are written together after the records.
local aside = {}
local function putAside(id, payload)
  aside[#aside + 1] = id
  aside[#aside + 1] = payload
  return nameAlone(payload)
end
local function readAside(id)
  for i = #aside - 1, 1, -2 do
    if aside[i] == id then return aside[i + 1] end
  end
  return redis.call('HGET', payloadsKey, id)
end

local function create(id, payload, mode, timeoutMs)
  local isHeldMode, isLarge = mode == 'held', isLargePayload(payload)
  if isLarge then payload = putAside(id, payload) end
  if not isLarge and timeoutMs == '0' and (mode == 'use' or isHeldMode) then
    write(id, (isHeldMode and heldHeader or plainHeader) .. payload)
  else
    write(id, recordText({
      waiters = process, mode = isHeldMode and 'use' or mode, deadline = timeoutMs == '0' and 0 or readClock() + tonumber(timeoutMs),
      losses = 0, priority = rank, places = isHeldMode and '-' or place, isLarge = isLarge, payload = payload,
    }))
  end
  if isHeldMode then
    held[#held + 1] = id
    isHeld[id] = true
  else
    queued[#queued + 1] = id
    room = room - 1
  end
end

-- Bridges learn of an extension by so much.
local longerByMs = 1000
local claims = nil
local function isClaimed(index, id)
  claims = claims or fieldsOf(claimsKey, ids)
  return claims[index] or isHeld[id]
end

local function isClaimedByOther(index)
  claims = claims or fieldsOf(claimsKey, ids)
  return claims[index] and workerOf(claims[index]) ~= process
end

-- A bridge that holds a request asks for it elsewhere by what it was sent.
local function informBridge(index, id, text)
  claims = claims or fieldsOf(claimsKey, ids)
  local owner = workerOf(claims[index])
  local member = owner and owner ~= process and redis.call('HGET', membersKey, owner)
  if not member then return end
  local isOwnWorker = readMember(member).kind == 'worker' and not readMember(member).isBridge
  if not isOwnWorker then send(owner, 'run ' .. id .. ' ' .. string.format('%d', readClock()) .. ' ' .. text) end
end

local function join(index, record, payload, mode, timeoutMs)
  local id = ids[index]
  if not string.find(payload, '\n', 1, true) then
    payload = payload .. traceAfter(record.isLarge and readAside(id) or record.payload)
  end
  record.payload = record.isLarge and putAside(id, payload) or payload
  if mode == 'refresh' or mode == 'bypass' then record.mode = mode end
  local isNew, isRaised = not hasWaiter(record, process), rank > record.priority
  if isNew then addWaiter(record, process) end
  if isRaised then record.priority = rank end
  -- the outcome is wanted for as long as any of its waiters wants it
  local isLonger, before = false, record.deadline
  if before > 0 then
    record.deadline = timeoutMs == '0' and 0 or math.max(before, readClock() + tonumber(timeoutMs))
    isLonger = record.deadline == 0 or record.deadline - before >= longerByMs
  end
  joined = joined + 1
  if isGuest and isClaimedByOther(index) then send(process, 'started ' .. id) end
  -- a worker can always go on with its own children, wherever else they are queued; and no caller waits for another's turn
  local isWanted = worker ~= '' or isNew or isRaised
  if isWanted and mode ~= 'held' and not isClaimed(index, id) then
    -- those who passed it over there may take it now
    if hasPlace(record.places, place) then forgetPassed(place) end
    record.places = withPlace(record.places, place)
    queued[#queued + 1] = id
  end
  local text = recordText(record)
  write(id, text)
  if isRaised or isLonger then informBridge(index, id, text) end
end

for index, id in ipairs(ids) do
  local payload, mode, timeoutMs = payloads[index], modes[index], timeouts[index]
  local name = functionNameAt(payload, 1)
  local stamp = currentStamp(name)
  if mode == 'held' and not isMember(process) then mode = 'use' end
  if not stamp and redis.call('EXISTS', functionsKey) == 1 then
    answer(index - 1, 'unknown-function')
  else
    local result = (mode == 'use' or mode == 'held') and usableResult(results[index], stamp)
    local text = placeOf[id] and writes[placeOf[id]] or texts[index]
    local record = not result and text and parseRecord(text)
    if text and not result and not record then
      close(id, unreadableHeader)
      count('unreadable', 1)
    end
    if result then
      count('hits', 1)
      count('hits:' .. name, 1)
      answer(index - 1, result)
    elseif record then
      join(index, record, payload, mode, timeoutMs)
    elseif room <= 0 then
      answer(index - 1, 'pool-full')
    else
      create(id, payload, mode, timeoutMs)
    end
  end
  if #queued == 1 then firstName = firstName or name end
end

pushAll('HSET', requestsKey, writes)
pushAll('HSET', payloadsKey, aside)
if isForWorker and #queued > 0 then
  standDown(worker)
  own(worker, queued, 'roots')
  local at = string.format('%d', readClock())
  for _, id in ipairs(queued) do send(worker, 'run ' .. id .. ' ' .. at .. ' ' .. (writes[placeOf[id]])) end
  queued = {}
end
local volunteers = redis.call('HLEN', volunteersKey)
local coming = #queued
local isStraight = volunteers > 0 and coming > 0 and worker == '' and waitingNow() == 0
if isStraight then
  placeOfThose = place
  for i, id in ipairs(queued) do atHand[i] = { id = id, text = writes[placeOf[id]] } end
  guestsOf = isGuest and process or nil
  match(coming, 8, nil, firstName)
  local came, isLeft = queued, {}
  queued = {}
  for _, request in ipairs(atHand) do
    if not taken[request.id] then
      queued[#queued + 1] = request.id
      isLeft[request.id] = true
    end
  end
  if isGuest then
    for _, id in ipairs(came) do
      if not isLeft[id] then send(process, 'started ' .. id) end
    end
  end
end
if worker ~= '' or isChild then
  pushTo(place, queued)
else
  pushForCaller(priority, process, queued, isGuest)
end
if #held > 0 then
  local holders = {}
  for _, id in ipairs(held) do
    holders[#holders + 1] = id
    holders[#holders + 1] = process .. ' ' .. string.format('%d', readClock())
  end
  pushAll('SADD', runningOf .. process, held)
  pushAll('HSET', claimsKey, holders)
end
count('submitted', #ids)
count('joined', joined)
if volunteers > 0 and coming > 0 then
  if not isStraight then match(coming, 8, worker ~= '' and worker or nil, firstName) end
  volunteers = redis.call('HLEN', volunteersKey)
end
deliver()
storeCounters()
reply[1] = volunteers
return reply
