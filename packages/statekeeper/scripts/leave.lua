-- A member leaves by itself, or, with a report, is known to have died: what it held goes back to the pool.
-- needs: time counters inbox record places queues members addressed stamps functions callers draw draw-ends match blame retire
-- ARGV: process, report as JSON (empty: it leaves by itself, and no loss is counted), maxAttempts, instance (empty: any): where another
--       instance is the member of that id, nothing happens; whether the code in the process ended it (1|0)
-- reply: nothing
-- bound: what the member held or had queued
local process, report, maxAttempts, instance = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local member = instance ~= '' and redis.call('HGET', membersKey, process)
if member and readMember(member).instance ~= instance then return end
if report == '' then report = nil end
-- all at once: by parts, the last part would go before the first
local everything = 1000000000
match(retire(process, report, maxAttempts, everything, ARGV[5] == '1' and 'ended' or 'killed'), 8)
deliver()
storeCounters()
