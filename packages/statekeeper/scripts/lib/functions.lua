-- The function table: `functions` maps a name to its stamp `version#generation`; `versions` lists a name's versions in the
-- order they were first seen; `holders` counts the members that have a version. The current version is the one seen last
-- that a live member still has, so an old worker that restarts does not turn a rolling deployment back.
local function settleVersion(name)
  local current = redis.call('HGET', functionsKey, name)
  local wanted = nil
  for version in string.gmatch(redis.call('HGET', versionsKey, name) or '', '%S+') do
    if redis.call('HEXISTS', holdersKey, name .. ' ' .. version) == 1 then wanted = version end
  end
  if wanted == nil then return false end
  local generation = current and string.match(current, '#(%d+)$') or '0'
  local stamp = wanted .. '#' .. generation
  if stamp == current then return false end
  redis.call('HSET', functionsKey, name, stamp)
  currentStamps[name] = stamp
  return true
end

local function seeVersion(name, version)
  local seen = redis.call('HGET', versionsKey, name) or ''
  if string.find(' ' .. seen .. ' ', ' ' .. version .. ' ', 1, true) then return end
  local kept = {}
  for earlier in string.gmatch(seen, '%S+') do kept[#kept + 1] = earlier end
  kept[#kept + 1] = version
  redis.call('HSET', versionsKey, name, table.concat(kept, ' ', math.max(1, #kept - 15)))
end

local function addHolder(name, version)
  redis.call('HINCRBY', holdersKey, name .. ' ' .. version, 1)
  seeVersion(name, version)
  return settleVersion(name)
end

-- Takes in what a member knows of a function that is not known here; `own` is the version that it has, and if it is another one
-- it is the older.
local function recall(name, version, generation, own)
  local stamp = version .. '#' .. generation
  if redis.call('HSETNX', functionsKey, name, stamp) == 0 then return false end
  redis.call('HSET', versionsKey, name, (own and own ~= version) and own .. ' ' .. version or version)
  currentStamps[name] = stamp
  return true
end

-- Takes the version of a function that no member has from the parent pool.
local function replaceUnheld(name, version)
  local held, generation = string.match(redis.call('HGET', functionsKey, name) or '', '^(.*)#(%d+)$')
  if not held or held == version or redis.call('HEXISTS', holdersKey, name .. ' ' .. held) == 1 then return false end
  seeVersion(name, version)
  currentStamps[name] = version .. '#' .. generation
  redis.call('HSET', functionsKey, name, currentStamps[name])
  return true
end

local function removeHolder(name, version)
  local holder = name .. ' ' .. version
  if redis.call('HINCRBY', holdersKey, holder, -1) <= 0 then redis.call('HDEL', holdersKey, holder) end
  return settleVersion(name)
end

local function announceFunctions()
  redis.call('INCR', epochKey)
  local members = redis.call('HGETALL', membersKey)
  for i = 1, #members, 2 do
    -- distributors evaluate nothing, and read no inbox
    if readMember(members[i + 1]).kind == 'worker' then send(members[i], 'functions') end
  end
end

-- Names and versions of which a mismatch is noted.
local function mismatchedVersions()
  local versions = redis.call('HGETALL', mismatchesKey)
  for i = 2, #versions, 2 do versions[i] = string.match(versions[i], '^%S*') end
  return versions
end

-- Epoch, names and stamps, names and self times, names and versions that some member has, and those of which a mismatch is noted.
local function functionTable()
  return {
    redis.call('GET', epochKey) or '0',
    redis.call('HGETALL', functionsKey),
    redis.call('HGETALL', costsKey),
    redis.call('HGETALL', holdersKey),
    mismatchedVersions(),
  }
end
