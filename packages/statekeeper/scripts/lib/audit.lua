-- Auditing: compares what is derived from records, claims and members with these, and repairs it. A sweep looks at a few requests and goes
-- on where the last one stopped (`audit`: how far, when the counts were last compared, and when that round began). A round begins
-- every `auditEveryMs` at most. Without anything wrong nothing is written.
local countsEveryMs, mostCounted, grantedLeaseMs = 5000, 1000, 60000

-- A caller's queue is drawn from only if both the caller and its priority are in line.
local function keepInLine(place)
  local priority, process = string.match(place, '^caller:(%-?%d+):(.*)$')
  if not priority then return end
  if not redis.call('ZSCORE', callersOf .. priority, process) then
    lineUpCaller(priority, process, false)
    count('repaired', 1)
  end
  if not redis.call('ZSCORE', prioritiesKey, priority) then
    lineUpPriority(priority)
    count('repaired', 1)
  end
end

-- The queues that a request should lie on: those that its record names, without those of workers that are gone, or else the pool's.
local function placesToBe(record)
  local places = '-'
  for place in string.gmatch(record.places, '[^,]+') do
    local worker = string.match(place, '^queue:(.+)$')
    if place ~= '-' and (not worker or isMember(worker)) then places = withPlace(places, place) end
  end
  return places == '-' and poolPlace or places
end

local function auditQueued(id, record, byPlace)
  local places = placesToBe(record)
  if places ~= record.places then
    record.places = places
    redis.call('HSET', requestsKey, id, recordText(record))
    count('repaired', 1)
  end
  for place in string.gmatch(places, '[^,]+') do
    byPlace[place] = byPlace[place] or {}
    byPlace[place][#byPlace[place] + 1] = id
  end
end

-- What a worker has claimed is noted as running there, and what one has that is gone goes back.
local function auditClaimed(id, text, claim, byWorker, back)
  local worker = workerOf(claim)
  if isMember(worker) then
    byWorker[worker] = byWorker[worker] or {}
    byWorker[worker][#byWorker[worker] + 1] = id
    return
  end
  addReturned(back, id, placedText(text, poolPlace))
  back.claimed[#back.claimed + 1] = id
  back.claims[#back.claimed] = claim
end

-- What is addressed to a worker is held by it, or fails.
local function isHomeless(id, claim) return isAddressed(id) and not (claim and isMember(workerOf(claim))) end

local function auditRequests(entries)
  local byPlace, byWorker, back, ids = {}, {}, newReturn(), {}
  for i = 1, #entries, 2 do ids[#ids + 1] = entries[i] end
  local claims = fieldsOf(claimsKey, ids)
  for i, id in ipairs(ids) do
    local text, claim = entries[2 * i], claims[i]
    local record = parseRecord(text)
    -- who waits for a request without its payload submits it again
    if record and record.isLarge and redis.call('HEXISTS', payloadsKey, id) == 0 then record = nil end
    if not record then
      close(id, unreadableHeader)
      count('unreadable', 1)
    elseif isHomeless(id, claim) then
      failAddressed(workerOf(claim) or 'unknown', { id })
    elseif claim then
      auditClaimed(id, text, claim, byWorker, back)
    else
      auditQueued(id, record, byPlace)
    end
  end
  for worker, held in pairs(byWorker) do count('repaired', pushAll('SADD', runningOf .. worker, held)) end
  for place, queued in pairs(byPlace) do
    count('repaired', pushTo(place, queued))
    keepInLine(place)
  end
  if #back.ids > 0 then
    giveBack('', back, false)
    count('repaired', #back.ids)
  end
end

-- How many ids wait; nil where there are too many queues to look at.
local function countedWaiting()
  local waiting, queues = redis.call('ZCARD', KEYS[1] .. poolPlace), 0
  for _, priority in ipairs(redis.call('ZRANGE', prioritiesKey, 0, -1)) do
    local callers = redis.call('ZRANGE', callersOf .. priority, 0, mostCounted)
    queues = queues + #callers
    if queues > mostCounted then return nil end
    for _, process in ipairs(callers) do waiting = waiting + redis.call('ZCARD', KEYS[1] .. callerPlace(priority, process)) end
  end
  return waiting
end

-- How many members have each function in each version; nil where there are too many members to look at.
local function countedHolders()
  if redis.call('HLEN', membersKey) > mostCounted then return nil end
  local counted, members = {}, redis.call('HGETALL', membersKey)
  for i = 2, #members, 2 do
    for name, version in pairs(readMember(members[i]).functions) do
      counted[name .. ' ' .. version] = (counted[name .. ' ' .. version] or 0) + 1
    end
  end
  return counted
end

local function auditHolders()
  local counted, names = countedHolders(), {}
  if not counted then return end
  local function set(holder, members)
    if members then redis.call('HSET', holdersKey, holder, members) else redis.call('HDEL', holdersKey, holder) end
    names[string.match(holder, '^(%S*)')] = true
    count('repaired', 1)
  end
  local noted = redis.call('HGETALL', holdersKey)
  for i = 1, #noted, 2 do
    if tonumber(noted[i + 1]) ~= counted[noted[i]] then set(noted[i], counted[noted[i]]) end
    counted[noted[i]] = nil
  end
  for holder, members in pairs(counted) do set(holder, members) end
  local isChanged = false
  for name in pairs(names) do isChanged = settleVersion(name) or isChanged end
  if isChanged then announceFunctions() end
end

-- Those fields that are the ids of processes without a lease.
local function fieldsWithoutLease(key)
  local ids, without = redis.call('HRANDFIELD', key, mostCounted), {}
  if #ids == 0 then return without end
  for i, lapsesAt in ipairs(redis.call('ZMSCORE', leasesKey, unpack(ids))) do
    if not lapsesAt then without[#without + 1] = ids[i] end
  end
  return without
end

-- A member or a host without a lease would stay for good, dead or alive. It gets one, which it renews if it is alive.
local function auditLeases(key)
  for _, id in ipairs(fieldsWithoutLease(key)) do
    redis.call('ZADD', leasesKey, readClock() + grantedLeaseMs, id)
    leases[id] = true
    count('repaired', 1)
  end
end

-- Notes on a lost record or claim belong to nothing.
local function auditNotes(key, ownersKey)
  local orphans = {}
  for _, field in ipairs(redis.call('HRANDFIELD', key, auditedPerSweep)) do
    if redis.call('HEXISTS', ownersKey, string.match(field, '%S*$')) == 0 then orphans[#orphans + 1] = field end
  end
  count('repaired', pushAll('HDEL', key, orphans))
end

local function auditCounts()
  auditLeases(membersKey)
  auditLeases(hostsKey)
  for _, key in ipairs({ claimsKey, reportsKey, payloadsKey }) do auditNotes(key, requestsKey) end
  auditNotes(notesKey, claimsKey)
  count('repaired', pushAll('HDEL', memoryKey, fieldsWithoutLease(memoryKey)))
  local waiting = countedWaiting()
  if waiting and waiting ~= waitingNow() then
    countWaiting(waiting - waitingNow())
    count('repaired', 1)
  end
  auditHolders()
end

local function auditSome(cursor)
  local found = redis.call('HSCAN', requestsKey, cursor, 'COUNT', auditedPerSweep)
  if #found[2] > 0 then auditRequests(found[2]) end
  return found[1]
end

local function audit()
  local before = redis.call('GET', auditKey) or ''
  local cursor, countedAt, begunAt = string.match(before, '^(%d+) (%d+) (%d+)$')
  cursor, countedAt, begunAt = cursor or '0', tonumber(countedAt or '0'), tonumber(begunAt or '0')
  if cursor ~= '0' then
    cursor = auditSome(cursor)
  elseif readClock() - begunAt >= auditEveryMs then
    begunAt = readClock()
    cursor = auditSome(cursor)
  end
  if readClock() - countedAt >= countsEveryMs then
    auditCounts()
    countedAt = readClock()
  end
  local after = cursor .. ' ' .. string.format('%d %d', countedAt, begunAt)
  if after ~= before then redis.call('SET', auditKey, after, 'PX', 60000) end
end
