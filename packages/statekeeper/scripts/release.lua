-- Takes claimed requests back unstarted: they go to the head of the pool's queue. One that another worker holds was given as a copy: it may
-- be copied again.
-- needs: time counters inbox record places queues members addressed callers draw draw-ends match
-- ARGV: worker, then ids
-- reply: nothing
-- bound: the number of ids
local worker = ARGV[1]
local ids = {}
for i = 2, #ARGV do ids[i - 1] = ARGV[i] end
local back, records, refused = {}, {}, {}
if #ids > 0 then
  local claims, ended, isBack = fieldsOf(claimsKey, ids), {}, {}
  for i, id in ipairs(ids) do
    if workerOf(claims[i]) == worker and not isBack[id] then
      isBack[id] = true
      if isAddressed(id) then
        refused[#refused + 1] = id
      else
        back[#back + 1] = id
        ended[#ended + 1] = claims[i]
      end
    elseif claims[i] and not isBack[id] then
      local uncopied, copies = string.gsub(claims[i], ' copied', '', 1)
      if copies > 0 then redis.call('HSET', claimsKey, id, uncopied) end
    end
  end
  local known = {}
  for i, text in ipairs(fieldsOf(requestsKey, back)) do
    if text then
      known[#known + 1] = back[i]
      records[#records + 1] = back[i]
      records[#records + 1] = placedText(text, poolPlace)
    end
  end
  unclaim(back, ended)
  pushAll('HSET', requestsKey, records)
  pushToHead(known)
  pushAll('SREM', runningOf .. worker, ids)
end
failAddressed(worker, refused)
count('released', #back)
match(#back, 8)
deliver()
storeCounters()
