-- Gives up heading the pool.
-- needs:
-- ARGV: process
-- reply: nothing
-- bound: constant
if redis.call('GET', headKey) == ARGV[1] then redis.call('DEL', headKey) end
