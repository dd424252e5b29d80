-- Tells where requests are.
-- needs: time inbox record
-- ARGV: ids
-- reply: for each id: queued, claimed or unknown
-- bound: the number of ids
local reply = {}
local claims = #ARGV > 0 and fieldsOf(claimsKey, ARGV) or {}
for i, id in ipairs(ARGV) do
  if claims[i] then
    reply[i] = 'claimed'
  else
    reply[i] = redis.call('HEXISTS', requestsKey, id) == 1 and 'queued' or 'unknown'
  end
end
return reply
