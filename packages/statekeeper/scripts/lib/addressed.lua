-- Addressed requests: one worker alone may evaluate them. It holds them from the beginning, and their ids begin with `@`, so that no other
-- caller joins them and no queue has them. What that worker gives back, or leaves behind, fails.
local function isAddressed(id) return string.sub(id, 1, 1) == '@' end

-- Some workers besides this one, by name.
local function otherWorkers(worker)
  local names = {}
  local members = redis.call('HRANDFIELD', membersKey, 20, 'WITHVALUES')
  for i = 1, #members, 2 do
    local member = readMember(members[i + 1])
    if members[i] ~= worker and member.kind == 'worker' and not member.isBridge then names[#names + 1] = members[i] end
  end
  table.sort(names)
  return names
end

local function failAddressed(worker, ids)
  if #ids == 0 then return end
  local names = otherWorkers(worker)
  local rest = #names == 0 and 'the pool has no other worker' or 'other workers of the pool: ' .. table.concat(names, ', ')
  local message = 'worker "' .. worker .. '", to which this was addressed, has left, cannot evaluate it, or has another version of its function than the pool; ' .. rest
  local list = #names == 0 and '[]' or cjson.encode(names)
  for i, text in ipairs(fieldsOf(requestsKey, ids)) do
    local header, id = headerOf(text or ''), ids[i]
    local payload = payloadAlone(string.sub(text or '', header.length + 1))
    local tree = '!{"msg":' .. cjson.encode(message) .. ',"code":"WORKER_UNAVAILABLE","req":' .. cjson.encode(payload)
      .. ',"details":{"worker":' .. cjson.encode(worker) .. ',"workers":' .. list .. '}}'
    tellWaiters(id, header.waiters, tree, '#0', false, nil)
    close(id, header)
  end
  count('lost', #ids)
end
