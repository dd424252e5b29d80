-- Prolongs a lease.
-- needs: time lease members
-- ARGV: process, leaseMs, instance (empty: any)
-- reply: 1, or 0 when the pool does not know the process (any more), or has another instance under its id
-- bound: constant
local process = ARGV[1]
if not redis.call('ZSCORE', leasesKey, process) then return 0 end
if ARGV[3] ~= '' and readMember(redis.call('HGET', membersKey, process) or '').instance ~= ARGV[3] then return 0 end
lease(process, tonumber(ARGV[2]))
return 1
