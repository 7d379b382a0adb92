-- Saved cards: each one JSON string, sealed by the service; the user's are listed by the time they came.

-- ARGV: user, method, JSON, most cards, record of the Idempotency-Key or '', JSON of the record
local function save_method(_, args)
    local user, id = args[1], args[2]
    if args[5] ~= '' then
        local kept = redis.call('GET', user_key(user, 'key:' .. args[5]))
        if kept then return { 'exists', kept } end
    end
    if redis.call('EXISTS', user_key(user, 'closed')) == 1 then return { 'closed' } end
    if redis.call('ZCARD', user_key(user, 'methods')) >= tonumber(args[4]) then return { 'too_many' } end
    redis.call('SET', method_key(id), args[3])
    redis.call('ZADD', user_key(user, 'methods'), text(now_ms()), id)
    if args[5] ~= '' then redis.call('SET', user_key(user, 'key:' .. args[5]), args[6]) end
    return { 'saved' }
end

-- ARGV: user, method. The card is gone from the store, not only from the list.
local function delete_method(_, args)
    if redis.call('ZREM', user_key(args[1], 'methods'), args[2]) == 0 then return 0 end
    redis.call('DEL', method_key(args[2]))
    return 1
end

-- ARGV: user, id of the last one seen or '', how many. Newest first.
local function methods(_, args)
    local index, rank = user_key(args[1], 'methods'), 0
    if args[2] ~= '' then
        rank = redis.call('ZREVRANK', index, args[2])
        if not rank then return {} end
        rank = rank + 1
    end
    local answer = {}
    for _, id in ipairs(redis.call('ZRANGE', index, rank, rank + tonumber(args[3]) - 1, 'REV')) do
        answer[#answer + 1] = redis.call('GET', method_key(id))
    end
    return answer
end

redis.register_function('pay1_save_method', save_method)
redis.register_function { function_name = 'pay1_delete_method', callback = delete_method, flags = { 'allow-oom' } }
redis.register_function { function_name = 'pay1_methods', callback = methods, flags = { 'no-writes' } }
