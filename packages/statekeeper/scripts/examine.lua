-- Tries every command that the other scripts use, on keys of its own that it removes again: what may this user not do?
-- needs:
-- ARGV: none
-- reply: for each command that was refused: its name, the reason
-- bound: the number of commands
local hashKey, listKey, setKey, sortedKey, textKey =
  probeOf .. 'hash', probeOf .. 'list', probeOf .. 'set', probeOf .. 'sorted', probeOf .. 'text'
local reply = {}
local function try(command, ...)
  local answer = redis.pcall(command, ...)
  if type(answer) ~= 'table' or not answer.err then return end
  reply[#reply + 1] = command
  reply[#reply + 1] = answer.err
end
try('TIME')
try('HSET', hashKey, 'field', '1')
try('HSETNX', hashKey, 'field', '1')
try('HINCRBY', hashKey, 'field', 1)
try('HGET', hashKey, 'field')
try('HMGET', hashKey, 'field')
try('HGETALL', hashKey)
try('HEXISTS', hashKey, 'field')
try('HLEN', hashKey)
try('HRANDFIELD', hashKey)
try('HSCAN', hashKey, 0, 'COUNT', 1)
try('HDEL', hashKey, 'field')
try('RPUSH', listKey, 'one')
try('LRANGE', listKey, 0, 1)
try('LTRIM', listKey, 0, 1)
try('SADD', setKey, 'one')
try('SMEMBERS', setKey)
try('SCARD', setKey)
try('SREM', setKey, 'one')
try('SRANDMEMBER', setKey, 1)
try('ZADD', sortedKey, 1, 'one')
try('ZSCORE', sortedKey, 'one')
try('ZMSCORE', sortedKey, 'one')
try('ZCARD', sortedKey)
try('ZRANGE', sortedKey, 0, 1)
try('ZRANGEBYSCORE', sortedKey, 0, 1)
try('ZREM', sortedKey, 'one')
try('SET', textKey, '1')
try('SETRANGE', textKey, 0, '1')
try('GET', textKey)
try('PTTL', textKey)
try('MGET', textKey)
try('INCR', textKey)
try('INCRBY', textKey, 1)
try('GETRANGE', textKey, 0, 1)
try('EXISTS', textKey)
try('PEXPIRE', textKey, 1)
try('DEL', hashKey, listKey, setKey, sortedKey, textKey)
return reply
