-- What some process has to do now and then: retires processes whose lease expired, and gives volunteers what is queued anywhere,
-- and copies of what is late; and compares what is derived with what it is derived from.
-- needs: time counters inbox record places queues members addressed stamps functions callers draw draw-ends match copy blame retire audit
-- ARGV: process, headLeaseMs (0: sweep only if no distributor heads the pool), maxAttempts, limit, copyAfterMs (0: no copies),
--       what volunteers are preferred for (names with a blank between; empty: as before), sweeperLeaseMs (while no distributor
--       heads the pool, the process is the sweeper for so long, and others that ask to be it stand by; 0: sweep beside it)
-- reply: role (head|vacant|standby), lapsed clients, reclaimed, moved, is more to do (1|0), then the lapsed members
-- bound: limit requests, the queues of 256 members, the lapsed processes and claims that limits.ts says
local process, headLeaseMs, maxAttempts, limit = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local copyAfterMs, sweeperLeaseMs = tonumber(ARGV[5]), tonumber(ARGV[7])
local standby = { 'standby', 0, 0, 0, 0 }
local sweeping = redis.call('MGET', headKey, sweeperKey)
local head, sweeper = sweeping[1], sweeping[2]
if head and head ~= process then return standby end
local role = 'vacant'
if headLeaseMs > 0 then
  redis.call('SET', headKey, process, 'PX', headLeaseMs)
  role = 'head'
  if ARGV[6] ~= '' then redis.call('SET', preferencesKey, ARGV[6]) end
elseif sweeperLeaseMs > 0 then
  if sweeper and sweeper ~= process then return standby end
  redis.call('SET', sweeperKey, process, 'PX', sweeperLeaseMs)
end

local clients, reclaimed, isMore = 0, 0, 0
local members = {}
local lapsed = redis.call('ZRANGEBYSCORE', leasesKey, '-inf', readClock(), 'LIMIT', 0, lapsedPerSweep)
for _, lapsedProcess in ipairs(lapsed) do
  if redis.call('HEXISTS', membersKey, lapsedProcess) == 1 then
    local report = '{"worker":' .. cjson.encode(lapsedProcess) .. ',"reason":"its lease lapsed"}'
    local back, isDone = retire(lapsedProcess, report, maxAttempts, limit, 'lapsed')
    reclaimed = reclaimed + back
    members[#members + 1] = lapsedProcess
    if not isDone then isMore = 1 end
  else
    redis.call('DEL', inboxOf .. lapsedProcess, outcomesOf .. lapsedProcess)
    redis.call('HDEL', hostsKey, lapsedProcess)
    -- last, since what has lapsed is found by it
    redis.call('ZREM', leasesKey, lapsedProcess)
    leases[lapsedProcess] = false
    clients = clients + 1
  end
end
if #lapsed == lapsedPerSweep then isMore = 1 end
audit()
local moved = match(limit, 256)
if moved >= limit then isMore = 1 end
if copyAfterMs > 0 then copyStragglers(copyAfterMs) end
deliver()
storeCounters()
local reply = { role, clients, reclaimed, moved, isMore }
for _, member in ipairs(members) do reply[#reply + 1] = member end
return reply
