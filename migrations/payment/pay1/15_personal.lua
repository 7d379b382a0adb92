-- What is personal in an order, and how that goes once its account is closed (order-flow, "Closing an account").

local function is_closed(user) return redis.call('EXISTS', user_key(user, 'closed')) == 1 end

-- Nobody is told any more: the mail is not to be asked for.
local function unmail(name)
    redis.call('ZREM', MAIL, name)
    redis.call('HDEL', MAIL_TRIES, name)
end

-- Of an order that is final: whom its mails go to (which versions before 7 kept), where it went, and the fingerprint of both, which a guess
-- of them could be held against. Its key, its lines and its money stay.
local function erase(id)
    redis.call('HDEL', order_key(id), 'email', 'locale', 'name', 'fingerprint')
    local kept = redis.call('HMGET', order_key(id), 'request', 'refunds')
    -- The address is the last field that the service writes (tests/it/closing.rs holds it to that). The rest stays as it
    -- is, byte for byte: read and written again by cjson, an empty list would be an object.
    local at = kept[1] and string.find(kept[1], ',"shipping_address":', 1, true)
    if at then redis.call('HSET', order_key(id), 'request', string.sub(kept[1], 1, at - 1) .. '}') end
    show_without_address(id)
    unmail(id .. '/confirmed')
    for n = 1, tonumber(kept[2] or '0') do unmail(id .. '/refunded/' .. text(n)) end
end
