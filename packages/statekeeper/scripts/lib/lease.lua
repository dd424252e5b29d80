-- Grants or prolongs a lease.
local function lease(process, leaseMs)
  if poolWireVersion ~= wireVersion then redis.call('SET', wireKey, wireVersion) end
  redis.call('ZADD', leasesKey, readClock() + leaseMs, process)
end
