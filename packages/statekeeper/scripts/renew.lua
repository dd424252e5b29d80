-- Prolongs a lease, and notes how much memory a member takes.
-- needs: time lease members
-- ARGV: process, leaseMs, instance (empty: any), memory in MB (empty: not reported)
-- reply: 1, or 0 when the pool does not know the process (any more), or has another instance under its id
-- bound: constant
local process = ARGV[1]
if ARGV[3] ~= '' and readMember(redis.call('HGET', membersKey, process) or '').instance ~= ARGV[3] then return 0 end
if not prolongLease(process, tonumber(ARGV[2])) then return 0 end
if ARGV[4] ~= '' and redis.call('HEXISTS', membersKey, process) == 1 then redis.call('HSET', memoryKey, process, ARGV[4]) end
return 1
