-- Takes requests in: answers what is known, joins what is in progress, queues the rest, and serves volunteers.
-- needs: time counters inbox record functions draw match
-- ARGV: process, leaseMs (0: leave the lease alone), worker (its own queue; empty: the pool's), queueLimit (0: none),
--       then groups of requests: mode (use|refresh|bypass|held), timeoutMs (0: none), how many, for each: id, payload (a line
--       end and a trace context may follow)
-- reply: volunteers left, then for each request that can be answered at once: index, outcome text or `unknown-function`
--        or `pool-full`
-- bound: the number of requests
local process, leaseMs, worker, queueLimit = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
if leaseMs > 0 then
  redis.call('ZADD', leasesKey, readClock() + leaseMs, process)
  leases[process] = true
end

local reply = { 0 }
local function answer(index, text)
  reply[#reply + 1] = index
  reply[#reply + 1] = text
end

-- a worker that is gone draws nothing any more
local function isMember(id) return redis.call('HEXISTS', membersKey, id) == 1 end
if worker ~= '' and not isMember(worker) then worker = '' end
-- it claims from its own queue next, and needs no message for that
if worker == process then standDown(process) end
local room = math.huge
if queueLimit > 0 and worker == '' then room = queueLimit - redis.call('LLEN', queueKey) end

local function cachedOutcome(result, stamp)
  if not result then return nil end
  if not stamp then return string.match(result, '^%S+ (.*)$') end
  if string.sub(result, 1, #stamp + 1) ~= stamp .. ' ' then return nil end
  return string.sub(result, #stamp + 2)
end

local ids, payloads, modes, timeouts = {}, {}, {}, {}
local at = 5
while at < #ARGV do
  local mode, timeoutMs, last = ARGV[at], ARGV[at + 1], at + 1 + 2 * tonumber(ARGV[at + 2])
  for i = at + 3, last, 2 do
    local place = #ids + 1
    ids[place], payloads[place], modes[place], timeouts[place] = ARGV[i], ARGV[i + 1], mode, timeoutMs
  end
  at = last + 2
end
local results = readMany(resultOf, ids)
local texts, keys = readMany(requestOf, ids)

-- Records are written together at the end; where the text of one stands among the writes, by id.
local writes, placeOf = {}, {}
local queued, held, isHeld = {}, {}, {}
local joined, hits = 0, 0
local plainHeader = process .. ' use 0 0\n'

local function write(id, key, text)
  local place = placeOf[id]
  if place == nil then
    place = #writes + 2
    placeOf[id] = place
    writes[place - 1] = key
  end
  writes[place] = text
end

local function create(id, key, payload, mode, timeoutMs)
  if timeoutMs == '0' and (mode == 'use' or mode == 'held') then
    write(id, key, plainHeader .. payload)
  else
    local deadline = timeoutMs == '0' and 0 or readClock() + tonumber(timeoutMs)
    local storedMode = mode == 'held' and 'use' or mode
    write(id, key, recordText({ waiters = process, mode = storedMode, deadline = deadline, losses = 0, payload = payload }))
  end
  if mode == 'held' then
    held[#held + 1] = id
    isHeld[id] = true
  else
    queued[#queued + 1] = id
    room = room - 1
  end
end

local function join(id, key, record, payload, mode, timeoutMs)
  record.payload = string.find(payload, '\n', 1, true) and payload or payload .. traceAfter(record.payload)
  if mode == 'refresh' or mode == 'bypass' then record.mode = mode end
  if not hasWaiter(record, process) then addWaiter(record, process) end
  -- the outcome is wanted for as long as any of its waiters wants it
  if record.deadline > 0 then
    record.deadline = timeoutMs == '0' and 0 or math.max(record.deadline, readClock() + tonumber(timeoutMs))
  end
  write(id, key, recordText(record))
  joined = joined + 1
  -- a worker can always go on with its own children, wherever else they are queued
  if worker ~= '' and mode ~= 'held' and not isHeld[id] and redis.call('HEXISTS', claimsKey, id) == 0 then
    queued[#queued + 1] = id
  end
end

for index, id in ipairs(ids) do
  local payload, mode, timeoutMs = payloads[index], modes[index], timeouts[index]
  local stamp = currentStamp(functionNameAt(payload, 1))
  if mode == 'held' and not isMember(process) then mode = 'use' end
  if not stamp and redis.call('EXISTS', functionsKey) == 1 then
    answer(index - 1, 'unknown-function')
  else
    local outcome = (mode == 'use' or mode == 'held') and cachedOutcome(results[index], stamp) or nil
    local text = placeOf[id] and writes[placeOf[id]] or texts[index]
    if outcome then
      hits = hits + 1
      answer(index - 1, outcome)
    elseif text then
      join(id, keys[index], parseRecord(text), payload, mode, timeoutMs)
    elseif room <= 0 then
      answer(index - 1, 'pool-full')
    else
      create(id, keys[index], payload, mode, timeoutMs)
    end
  end
end

writeMany(writes)
pushAll('RPUSH', worker ~= '' and queueOf .. worker or queueKey, queued)
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
count('hits', hits)
local volunteers = redis.call('HLEN', volunteersKey)
if volunteers > 0 and #queued > 0 then
  match(#queued, 8, worker ~= '' and worker or nil)
  volunteers = redis.call('HLEN', volunteersKey)
end
deliver()
storeCounters()
reply[1] = volunteers
return reply
