-- Retiring a member: what it held or had queued goes back to the pool, then every trace of it goes. If `report` is given, the
-- requests that are to blame (blame.lua) take a loss, and fail once they have taken `maxAttempts`.
local function failLost(id, record, losses, reports)
  local message = 'its workers died ' .. losses .. ' times while running it'
  local tree = '!{"msg":' .. cjson.encode(message) .. ',"code":"WORKER_LOST","req":' .. cjson.encode(payloadAlone(record.payload))
    .. ',"details":{"losses":' .. losses .. ',"reports":[' .. reports .. ']}}'
  local waiters = {}
  for waiter in string.gmatch(record.waiters, '[^,]+') do waiters[#waiters + 1] = waiter end
  tellWaiters(id, waiters, tree, '#0', false, nil)
  close(id, record)
  count('lost', 1)
end

-- What goes back to the pool: ids, the texts of their records then, and of those that were claimed and of those that took a loss the ids,
-- with their claims and with all reports on it.
local function newReturn() return { ids = {}, texts = {}, claimed = {}, claims = {}, lost = {}, reports = {} } end

local function addReturned(back, id, text)
  back.ids[#back.ids + 1] = id
  back.texts[#back.ids] = text
end

-- Returns whether that was one loss too many.
local function takeLoss(id, record, report, maxAttempts, back)
  local losses = record.losses + 1
  local before = redis.call('HGET', reportsKey, id)
  local reports = before and before .. ',' .. report or report
  if losses >= maxAttempts then
    failLost(id, record, losses, reports)
    return true
  end
  record.losses = losses
  back.lost[#back.lost + 1] = id
  back.reports[#back.lost] = reports
  return false
end

local function takeHeld(worker, held, report, maxAttempts, isEnded, back)
  local addressed, lossesOf = {}, {}
  local texts, claims = fieldsOf(requestsKey, held), fieldsOf(claimsKey, held)
  for i, id in ipairs(held) do
    local header = report and texts[i] and workerOf(claims[i]) == worker and headerOf(texts[i])
    if header and not header.isUnreadable then lossesOf[id] = header.losses end
  end
  local blamed = blamedFor(lossesOf, maxAttempts, isEnded)
  for i, id in ipairs(held) do
    if texts[i] and workerOf(claims[i]) == worker and isAddressed(id) then
      addressed[#addressed + 1] = id
    elseif texts[i] and workerOf(claims[i]) == worker then
      local record = parseRecord(texts[i])
      if not record or not blamed[id] or not takeLoss(id, record, report, maxAttempts, back) then
        if record then record.places = poolPlace end
        addReturned(back, id, record and recordText(record) or texts[i])
        back.claimed[#back.claimed + 1] = id
        back.claims[#back.claimed] = claims[i]
      end
    end
  end
  failAddressed(worker, addressed)
end

local function takeQueued(worker, queued, back)
  for i, text in ipairs(fieldsOf(requestsKey, queued)) do
    if text then
      local places = withoutPlace(headerOf(text).places, 'queue:' .. worker)
      addReturned(back, queued[i], placedText(text, withPlace(places, poolPlace)))
    end
  end
end

local function giveBack(worker, back, mayReturn)
  local records = {}
  for i, id in ipairs(back.ids) do
    records[2 * i - 1] = id
    records[2 * i] = back.texts[i]
  end
  unclaim(back.claimed, back.claims)
  pushAll('HSET', requestsKey, records)
  pushToHead(back.ids)
  for i, id in ipairs(back.lost) do redis.call('HSET', reportsKey, id, back.reports[i]) end
  if mayReturn and #back.lost > 0 then
    pushAll('RPUSH', lostOf .. worker, back.lost)
    redis.call('PEXPIRE', lostOf .. worker, 3600000)
  end
end

local function eraseMember(worker)
  local member = redis.call('HGET', membersKey, worker)
  -- while it is a member: of a former member the pool would not know that it is still a volunteer, or looks
  standDown(worker)
  -- a caller may leave, but has no rights to these keys
  if member then
    redis.call('SREM', lookersKey, worker)
    redis.call('HDEL', memoryKey, worker)
  end
  redis.call('HDEL', membersKey, worker)
  -- nor to this one
  if redis.call('HEXISTS', hostsKey, worker) == 1 then redis.call('HDEL', hostsKey, worker) end
  redis.call('DEL', inboxOf .. worker, outcomesOf .. worker)
  leases[worker] = false
  local changed = false
  for name, version in pairs(member and readMember(member).functions or {}) do
    changed = removeHolder(name, version) or changed
  end
  if changed then announceFunctions() end
  -- last, since what has lapsed is found by it
  redis.call('ZREM', leasesKey, worker)
end

-- Returns how many requests went back, and whether all is done within `limit`. `how`: its lease has `lapsed` (it was not seen to die, and
-- takes its losses back when it returns), or it was `killed`, or the code in it has `ended` it.
local function retire(worker, report, maxAttempts, limit, how)
  local held = redis.call('SRANDMEMBER', runningOf .. worker, limit)
  local queued = limit > 0 and redis.call('ZRANGE', queueOf .. worker, 0, limit - 1) or {}
  local back = newReturn()
  table.sort(held)
  takeHeld(worker, held, report, maxAttempts, how == 'ended', back)
  takeQueued(worker, queued, back)
  removeFrom('queue:' .. worker, queued)
  giveBack(worker, back, how == 'lapsed')
  pushAll('SREM', runningOf .. worker, held)
  count('reclaimed', #back.ids)
  if #held == limit or #queued == limit then return #back.ids, false end
  eraseMember(worker)
  return #back.ids, true
end
