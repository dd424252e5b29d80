-- In ms, with the µs as a fraction: so it differs each time, and ZADD says whether it changed anything.
local function leaseEnd(leaseMs)
  if poolWireVersion ~= wireVersion then redis.call('SET', wireKey, wireVersion) end
  return string.format('%.3f', readMicros() / 1000 + leaseMs)
end

-- Grants or prolongs a lease.
local function lease(process, leaseMs) redis.call('ZADD', leasesKey, leaseEnd(leaseMs), process) end

-- Prolongs a lease. Returns whether the process had one.
local function prolongLease(process, leaseMs) return redis.call('ZADD', leasesKey, 'XX', 'CH', leaseEnd(leaseMs), process) == 1 end
