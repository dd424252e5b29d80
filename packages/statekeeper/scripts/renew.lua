-- Prolongs a lease.
-- needs: time lease
-- ARGV: process, leaseMs
-- reply: 1, or 0 when the pool does not know the process (any more)
-- bound: constant
local process = ARGV[1]
if not redis.call('ZSCORE', leasesKey, process) then return 0 end
lease(process, tonumber(ARGV[2]))
return 1
