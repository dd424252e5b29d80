-- Retiring a member: what it held or had queued goes back to the pool, then every trace of it goes. If `report` is given, the
-- requests it was running (not those that waited for others) take a loss, and fail once they have taken `maxAttempts`.
local function failLost(id, record, losses, reports)
  local message = 'its workers died ' .. losses .. ' times while running it'
  local tree = '!{"msg":' .. cjson.encode(message) .. ',"code":"WORKER_LOST","req":' .. cjson.encode(record.payload)
    .. ',"details":{"losses":' .. losses .. ',"reports":[' .. reports .. ']}}'
  finish(id, record, tree, false, nil)
  count('lost', 1)
end

local function takeBack(worker, id, report, maxAttempts, mayReturn)
  local record = openRecord(id)
  if record == nil or record.owner ~= worker then return nil end
  if report and not record.suspended then
    local losses = tonumber(record.losses or '0') + 1
    local reports = report
    if record.reports then reports = record.reports .. ',' .. report end
    if losses >= maxAttempts then
      failLost(id, record, losses, reports)
      return nil
    end
    redis.call('HSET', requestOf .. id, 'losses', losses, 'reports', reports)
    if mayReturn then
      redis.call('RPUSH', lostOf .. worker, id)
      redis.call('PEXPIRE', lostOf .. worker, 3600000)
    end
  end
  redis.call('HDEL', requestOf .. id, 'owner', 'claimedAt', 'suspended', 'progress')
  return id
end

local function eraseMember(worker)
  local member = redis.call('HGET', membersKey, worker)
  redis.call('HDEL', membersKey, worker)
  redis.call('ZREM', leasesKey, worker)
  redis.call('DEL', inboxOf .. worker)
  leases[worker] = false
  standDown(worker)
  if not member then return end
  local changed = false
  for name, version in pairs(cjson.decode(member).functions) do
    changed = removeHolder(name, version) or changed
  end
  if changed then announceFunctions() end
end

-- Returns how many requests went back, and whether all is done within `limit`. A worker that may return (its lease lapsed, it was
-- not seen to die) takes its losses back when it does.
local function retire(worker, report, maxAttempts, limit, mayReturn)
  local held = redis.call('SPOP', runningOf .. worker, limit)
  table.sort(held)
  local back = {}
  for _, id in ipairs(held) do
    local id = takeBack(worker, id, report, maxAttempts, mayReturn)
    if id then back[#back + 1] = id end
  end
  local queued = redis.call('LPOP', queueOf .. worker, limit) or {}
  for _, id in ipairs(queued) do back[#back + 1] = id end
  pushToHead(queueKey, back)
  count('reclaimed', #back)
  if #held == limit or #queued == limit then return #back, false end
  eraseMember(worker)
  return #back, true
end
