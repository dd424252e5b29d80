-- Retiring a member: what it held or had queued goes back to the pool, then every trace of it goes. If `report` is given, the
-- requests it was running (not those that waited for others) take a loss, and fail once they have taken `maxAttempts`.
local function failLost(id, record, losses, reports)
  local message = 'its workers died ' .. losses .. ' times while running it'
  local tree = '!{"msg":' .. cjson.encode(message) .. ',"code":"WORKER_LOST","req":' .. cjson.encode(payloadAlone(record.payload))
    .. ',"details":{"losses":' .. losses .. ',"reports":[' .. reports .. ']}}'
  local waiters = {}
  for waiter in string.gmatch(record.waiters, '[^,]+') do waiters[#waiters + 1] = waiter end
  tellWaiters(id, waiters, tree, false, nil)
  close(id, record)
  count('lost', 1)
end

-- Returns whether that was one loss too many.
local function takeLoss(worker, id, record, report, maxAttempts, mayReturn)
  local losses = record.losses + 1
  local before = redis.call('HGET', reportsKey, id)
  local reports = before and before .. ',' .. report or report
  if losses >= maxAttempts then
    failLost(id, record, losses, reports)
    return true
  end
  record.losses = losses
  redis.call('HSET', requestsKey, id, recordText(record))
  redis.call('HSET', reportsKey, id, reports)
  if mayReturn then
    redis.call('RPUSH', lostOf .. worker, id)
    redis.call('PEXPIRE', lostOf .. worker, 3600000)
  end
  return false
end

local function takeBack(worker, held, report, maxAttempts, mayReturn)
  if #held == 0 then return {} end
  local back, ended, addressed = {}, {}, {}
  local texts, claims = fieldsOf(requestsKey, held), fieldsOf(claimsKey, held)
  for i, id in ipairs(held) do
    if texts[i] and workerOf(claims[i]) == worker and isAddressed(id) then
      addressed[#addressed + 1] = id
    elseif texts[i] and workerOf(claims[i]) == worker then
      local record = report and not redis.call('HGET', notesKey, 'suspended ' .. id) and parseRecord(texts[i])
      local isLost = record and takeLoss(worker, id, record, report, maxAttempts, mayReturn)
      if not isLost then
        back[#back + 1] = id
        ended[#ended + 1] = claims[i]
      end
    end
  end
  unclaim(back, ended)
  failAddressed(worker, addressed)
  return back
end

local function eraseMember(worker)
  local member = redis.call('HGET', membersKey, worker)
  redis.call('HDEL', membersKey, worker)
  -- a caller may leave, but has no rights to this key
  if redis.call('HEXISTS', hostsKey, worker) == 1 then redis.call('HDEL', hostsKey, worker) end
  redis.call('ZREM', leasesKey, worker)
  redis.call('DEL', inboxOf .. worker)
  leases[worker] = false
  standDown(worker)
  if not member then return end
  redis.call('SREM', lookersKey, worker)
  local changed = false
  for name, version in pairs(readMember(member).functions) do
    changed = removeHolder(name, version) or changed
  end
  if changed then announceFunctions() end
end

-- Returns how many requests went back, and whether all is done within `limit`. A worker that may return (its lease lapsed, it was
-- not seen to die) takes its losses back when it does.
local function retire(worker, report, maxAttempts, limit, mayReturn)
  local held = redis.call('SPOP', runningOf .. worker, limit)
  table.sort(held)
  local back = takeBack(worker, held, report, maxAttempts, mayReturn)
  local queued = redis.call('LPOP', queueOf .. worker, limit) or {}
  for _, id in ipairs(queued) do back[#back + 1] = id end
  pushToPoolHead(back)
  count('reclaimed', #back)
  if #held == limit or #queued == limit then return #back, false end
  eraseMember(worker)
  return #back, true
end
