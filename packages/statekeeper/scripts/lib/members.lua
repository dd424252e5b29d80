-- What members store of themselves. Any process may have written it: an unreadable one is not a worker and has no functions.
local function readMember(text)
  local isJson, stored = pcall(cjson.decode, text)
  local member = { kind = nil, slots = nil, isBridge = false, instance = nil, functions = {} }
  if not isJson or type(stored) ~= 'table' then return member end
  member.kind = stored.kind
  if type(stored.description) == 'table' then
    member.slots = tonumber(stored.description.slots)
    member.isBridge = stored.description.bridgesTo ~= nil
    member.instance = stored.description.instance
  end
  if type(stored.functions) ~= 'table' then return member end
  for name, version in pairs(stored.functions) do
    if type(name) == 'string' and type(version) == 'string' then member.functions[name] = version end
  end
  return member
end
