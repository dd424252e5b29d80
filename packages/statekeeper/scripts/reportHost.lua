-- Takes the agent of a machine in, or prolongs its lease, and returns how many workers there should be.
-- needs: time lease
-- ARGV: host, leaseMs, what it says of itself as JSON
-- reply: the time in ms, then the capacity as noted, if it was
-- bound: one
lease(ARGV[1], tonumber(ARGV[2]))
redis.call('HSET', hostsKey, ARGV[1], ARGV[3])
return { string.format('%d', readClock()), redis.call('GET', capacityKey) or nil }
