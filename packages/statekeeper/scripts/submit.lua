-- Takes requests in: answers what is known, joins what is in progress, queues the rest, and serves volunteers.
-- needs: time counters inbox record functions draw match
-- ARGV: process, leaseMs (0: leave the lease alone), worker (its own queue; empty: the pool's), queueLimit (0: none),
--       then for each request: id, payload, mode (use|refresh|bypass|held), timeoutMs (0: none)
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
local waiterField = 'waiter:' .. process

local function cachedOutcome(id, stamp)
  local result = redis.call('GET', resultOf .. id)
  if not result then return nil end
  if not stamp then return string.match(result, '^%S+ (.*)$') end
  if string.sub(result, 1, #stamp + 1) ~= stamp .. ' ' then return nil end
  return string.sub(result, #stamp + 2)
end

-- The outcome is wanted for as long as any of its waiters wants it.
local function extendDeadline(id, timeoutMs)
  local deadline = redis.call('HGET', requestOf .. id, 'deadline')
  if not deadline then return end
  if timeoutMs == 0 then
    redis.call('HDEL', requestOf .. id, 'deadline')
  elseif readClock() + timeoutMs > tonumber(deadline) then
    redis.call('HSET', requestOf .. id, 'deadline', readClock() + timeoutMs)
  end
end

local queued = {}
local held = {}
local joined, hits = 0, 0
for i = 5, #ARGV, 4 do
  local id, payload, mode, timeoutMs = ARGV[i], ARGV[i + 1], ARGV[i + 2], tonumber(ARGV[i + 3])
  local index = (i - 5) / 4
  local record = requestOf .. id
  local stamp = currentStamp(functionName(payload))
  if mode == 'held' and not isMember(process) then mode = 'use' end
  if not stamp and redis.call('EXISTS', functionsKey) == 1 then
    answer(index, 'unknown-function')
  else
    local outcome = nil
    if mode == 'use' or mode == 'held' then outcome = cachedOutcome(id, stamp) end
    if outcome then
      hits = hits + 1
      answer(index, outcome)
    elseif room <= 0 and redis.call('EXISTS', record) == 0 then
      answer(index, 'pool-full')
    else
      local isNew
      if mode == 'use' then
        isNew = redis.call('HSET', record, 'payload', payload, waiterField, '') == 2
      elseif mode == 'held' then
        isNew = redis.call('HSET', record, 'payload', payload, waiterField, '') == 2
        if isNew then
          redis.call('HSET', record, 'owner', process, 'claimedAt', readClock())
          held[#held + 1] = id
        end
      else
        isNew = redis.call('HSET', record, 'payload', payload, waiterField, '', 'mode', mode) == 3
      end
      if isNew then
        if timeoutMs > 0 then redis.call('HSET', record, 'deadline', readClock() + timeoutMs) end
        if mode ~= 'held' then
          queued[#queued + 1] = id
          room = room - 1
        end
      else
        joined = joined + 1
        extendDeadline(id, timeoutMs)
        -- a worker can always go on with its own children, wherever else they are queued
        if worker ~= '' and mode ~= 'held' and not redis.call('HGET', record, 'owner') then queued[#queued + 1] = id end
      end
    end
  end
end

if worker ~= '' then
  pushAll('RPUSH', queueOf .. worker, queued)
else
  pushAll('RPUSH', queueKey, queued)
end
pushAll('SADD', runningOf .. process, held)
count('submitted', (#ARGV - 4) / 4)
count('joined', joined)
count('hits', hits)
local volunteers = redis.call('HLEN', volunteersKey)
if volunteers > 0 and #queued > 0 then
  match(#queued, 8)
  volunteers = redis.call('HLEN', volunteersKey)
end
deliver()
storeCounters()
reply[1] = volunteers
return reply
