-- The wire version is the form of everything that processes of a pool store for each other. Scripts run on pools of their own version, and
-- on pools whose processes are all gone: the first process that gets a lease there makes its version the pool's (lib/lease.lua).
local poolWireVersion = redis.call('GET', wireKey)
if poolWireVersion and poolWireVersion ~= wireVersion then
  local time = redis.call('TIME')
  local lastLease = redis.call('ZRANGE', leasesKey, -1, -1, 'WITHSCORES')[2]
  if lastLease and tonumber(lastLease) > time[1] * 1000 + time[2] / 1000 then
    return redis.error_reply('WIREVERSION ' .. poolWireVersion)
  end
end
