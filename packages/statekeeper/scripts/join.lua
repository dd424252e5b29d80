-- Takes a member in (again): lease, description, functions. Losses counted against it while it was away are taken back.
-- needs: time lease counters inbox record places queues members stamps functions
-- ARGV: id, leaseMs, member as JSON ({ kind, description, functions: { name: version } }), number of functions, for each: name,
--       version; then for each that it knows of: name, version, generation
-- reply: the function table (see lib/functions.lua); or, where another live instance has the id: taken, its member as JSON, ms of its lease
-- bound: the number of functions, and of members when a version changes
local id, leaseMs, member = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local before = redis.call('HGET', membersKey, id)
if before and readMember(before).instance ~= readMember(member).instance then
  local leaseLeftMs = (tonumber(redis.call('ZSCORE', leasesKey, id)) or 0) - readClock()
  if leaseLeftMs > 0 then return { 'taken', before, math.ceil(leaseLeftMs) } end
end
-- the lease comes first: a lease without a member lapses, and a member without a lease would stay
lease(id, leaseMs)
local changed = false
local own, knownFrom = {}, 5 + 2 * tonumber(ARGV[4])
for i = 5, knownFrom - 1, 2 do own[ARGV[i]] = ARGV[i + 1] end
local isDistributor = readMember(member).kind == 'distributor'
for i = knownFrom, #ARGV, 3 do
  changed = recall(ARGV[i], ARGV[i + 1], ARGV[i + 2], own[ARGV[i]]) or changed
  if isDistributor then changed = replaceUnheld(ARGV[i], ARGV[i + 1]) or changed end
end
for i = 5, knownFrom - 1, 2 do changed = addHolder(ARGV[i], ARGV[i + 1]) or changed end
if before then
  for name, version in pairs(readMember(before).functions) do changed = removeHolder(name, version) or changed end
end
if changed then announceFunctions() end
redis.call('HSET', membersKey, id, member)
-- what only it waits for was passed over by those who take what members wait for
if not before then forgetPassed(poolPlace) end

for _, lost in ipairs(redis.call('LRANGE', lostOf .. id, 0, -1)) do
  local record = readRecord(lost)
  if record and record.losses > 0 then
    record.losses = record.losses - 1
    redis.call('HSET', requestsKey, lost, recordText(record))
    if record.losses == 0 then redis.call('HDEL', reportsKey, lost) end
  end
end
redis.call('DEL', lostOf .. id)
count('joined-members', 1)
deliver()
storeCounters()
return functionTable()
