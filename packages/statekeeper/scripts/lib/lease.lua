-- In ms, with a fraction: it is another one each time.
local function leaseEnd(leaseMs)
  if poolWireVersion ~= wireVersion then redis.call('SET', wireKey, wireVersion) end
  return string.format('%.3f', readMicros() / 1000 + leaseMs)
end

-- Grants or prolongs a lease.
local function lease(process, leaseMs) redis.call('ZADD', leasesKey, leaseEnd(leaseMs), process) end

-- Prolongs a lease; returns false if there is none.
local function prolongLease(process, leaseMs) return redis.call('ZADD', leasesKey, 'XX', 'CH', leaseEnd(leaseMs), process) == 1 end
