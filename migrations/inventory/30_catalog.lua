-- Products, categories, stock adjustments. A product is one hash:
-- - doc: its description as the service wrote it;
-- - name, amount, currency, status and version: the fields that functions need;
-- - its stock;
-- - idx: its index entries.

local function ancestors(slug)
    local chain, seen = {}, {}
    while slug and slug ~= '' and not seen[slug] do
        seen[slug] = true
        chain[#chain + 1] = slug
        local kept = redis.call('HGET', CATEGORIES, slug)
        slug = kept and cjson.decode(kept)[2] or nil
    end
    return chain
end

local function index_of(sku)
    local kept = redis.call('HGET', product_key(sku), 'idx')
    return kept and cjson.decode(kept) or nil
end

local function as_set(list)
    local set = {}
    for _, member in ipairs(list) do set[member] = true end
    return set
end

-- Maps each word to its weight.
local function weights_of(idx)
    local weights = {}
    for _, word in ipairs(idx and idx.words or {}) do weights[word[1]] = word[2] end
    return weights
end

-- Removes the product from the indexes that are in `old` and not in `new`. A change writes only the
-- words that it changes.
local function leave_indexes(sku, old, new)
    if not old then return end
    local names, chain, tags, words = {}, {}, {}, weights_of(new)
    if new then names, chain, tags = as_set({ new.sort_name }), as_set(ancestors(new.category)), as_set(new.tags) end
    if not new then
        redis.call('SREM', ALL, sku)
        redis.call('SREM', IN_STOCK, sku)
        redis.call('ZREM', BY_PRICE, sku)
        redis.call('ZREM', BY_CREATED, sku)
        redis.call('HDEL', product_key(sku), 'idx', 'folding')
    end
    if not names[old.sort_name] then redis.call('ZREM', BY_NAME, old.sort_name .. '\0' .. sku) end
    if not new or new.category ~= old.category then redis.call('SREM', direct_key(old.category), sku) end
    for _, slug in ipairs(ancestors(old.category)) do
        if not chain[slug] then redis.call('SREM', category_key(slug), sku) end
    end
    for _, tag in ipairs(old.tags) do
        if not tags[tag] then
            redis.call('SREM', tag_key(tag), sku)
            if redis.call('SCARD', tag_key(tag)) == 0 then redis.call('SREM', TAGS, tag) end
        end
    end
    for _, word in ipairs(old.words) do
        if not words[word[1]] then redis.call('ZREM', word_key(word[1]), sku) end
    end
end

local function enter_indexes(sku, old, new, amount, created)
    redis.call('SADD', ALL, sku)
    redis.call('ZADD', BY_NAME, 0, new.sort_name .. '\0' .. sku)
    redis.call('ZADD', BY_PRICE, amount, sku)
    redis.call('ZADD', BY_CREATED, created, sku)
    redis.call('SADD', direct_key(new.category), sku)
    for _, slug in ipairs(ancestors(new.category)) do redis.call('SADD', category_key(slug), sku) end
    for _, tag in ipairs(new.tags) do
        redis.call('SADD', tag_key(tag), sku)
        redis.call('SADD', TAGS, tag)
    end
    local words = weights_of(old)
    for _, word in ipairs(new.words) do
        if words[word[1]] ~= word[2] then redis.call('ZADD', word_key(word[1]), word[2], sku) end
    end
    redis.call('HSET', product_key(sku), 'idx', cjson.encode(new), 'folding', new.folding or 0)
    index_stock(sku)
end

-- The most prices that are kept of a product.
local KEPT_PRICES = 100

local function keep_price(sku, amount, currency, at, version)
    local kept = redis.call('LPUSH', prices_key(sku), cjson.encode({ amount, currency, at, version }))
    if kept > KEPT_PRICES then redis.call('LTRIM', prices_key(sku), 0, KEPT_PRICES - 1) end
end

-- Returns the status of a product after a write that asks for `asked`: '' leaves it as it is. An
-- import reactivates a product that was withdrawn with its entry, but none that an admin archived.
local function status_after(kept, asked, is_import)
    if asked ~= '' then return asked end
    if is_import and kept.withdrawn then return 'active' end
    return kept.status or 'active'
end

-- ARGV: sku, mode (create | replace | import), expected version or '', doc, name, amount, currency,
-- idx, stock of a new product. Then status ('active', 'archived', or '' to leave it), and '1' if
-- the category is not a part of the change. It must exist if the product comes back on sale.
--
-- Returns the result, and the version.
local function put_product(_, args)
    local sku, mode, expected, doc, name, amount, currency = args[1], args[2], args[3], args[4], args[5], args[6], args[7]
    local key, idx = product_key(sku), cjson.decode(args[8])
    local found = redis.call('HMGET', key, 'version', 'doc', 'status', 'amount', 'created_at', 'currency', 'withdrawn', 'updated_at')
    local kept = { version = found[1], doc = found[2], status = found[3], amount = found[4], created_at = found[5],
        currency = found[6], withdrawn = found[7], updated_at = found[8] }
    if mode == 'create' and kept.version then return { 'exists' } end
    if mode == 'replace' and not kept.version then return { 'none' } end
    if expected ~= '' and expected ~= kept.version then return { 'changed' } end
    -- Older replicas send no status, and mean an active product.
    local status = status_after(kept, args[10] or 'active', mode == 'import')
    -- While a product was archived, its category may have been deleted.
    local is_back = status == 'active' and kept.status ~= 'active'
    if (args[11] ~= '1' or is_back) and not redis.call('HGET', CATEGORIES, idx.category) then return { 'no_category' } end
    if mode == 'import' and kept.doc == doc and kept.amount == amount and kept.currency == currency and kept.status == status then
        return { 'unchanged', kept.version }
    end
    local now = text(now_ms())
    local version = text(tonumber(kept.version or '0') + 1)
    local old, new = index_of(sku), status == 'active' and idx or nil
    leave_indexes(sku, old, new)
    redis.call('HSET', key, 'doc', doc, 'name', name, 'amount', amount, 'currency', currency, 'version', version,
        'status', status, 'updated_at', now)
    if not kept.version then
        redis.call('HSET', key, 'created_at', now, 'on_hand', args[9], 'reserved', '0', 'received', args[9])
        if tonumber(args[9]) > 0 then
            movement(sku, 'received', tonumber(args[9]), 'first stock', tonumber(now))
            journal('received', '', { sku, args[9] })
        end
    end
    if kept.amount ~= amount or kept.currency ~= currency then
        -- A product that is older than the history has none yet: it begins with the last price.
        if kept.version and redis.call('EXISTS', prices_key(sku)) == 0 then
            keep_price(sku, kept.amount, kept.currency, kept.updated_at, kept.version)
        end
        keep_price(sku, amount, currency, now, version)
    end
    if status == 'active' then
        redis.call('HDEL', key, 'withdrawn')
        redis.call('ZREM', ARCHIVED, sku)
        enter_indexes(sku, old, new, amount, kept.created_at or now)
    else
        redis.call('ZADD', ARCHIVED, 0, sku)
        -- An admin archives it, so its entry coming back does not undo that.
        if args[10] == 'archived' then redis.call('HDEL', key, 'withdrawn') end
    end
    changed('product', sku, version, tonumber(now))
    return { kept.version and 'updated' or 'created', version }
end

-- ARGV: sku, expected version or '', 'withdrawn' if the source of imports no longer has its entry
local function archive_product(_, args)
    local key = product_key(args[1])
    local kept = redis.call('HMGET', key, 'version', 'status')
    if not kept[1] then return { 'none' } end
    if args[2] ~= '' and args[2] ~= kept[1] then return { 'changed' } end
    -- An admin may archive what an import withdrew before. Then the import does not put it back.
    if args[3] ~= 'withdrawn' then redis.call('HDEL', key, 'withdrawn') end
    if kept[2] ~= 'archived' then
        local version, now = text(tonumber(kept[1]) + 1), now_ms()
        leave_indexes(args[1], index_of(args[1]), nil)
        redis.call('HSET', key, 'status', 'archived', 'version', version, 'updated_at', text(now))
        redis.call('ZADD', ARCHIVED, 0, args[1])
        if args[3] == 'withdrawn' then redis.call('HSET', key, 'withdrawn', '1') end
        changed('product', args[1], version, now)
    end
    return { 'archived' }
end

-- The most Idempotency-Keys of adjustments that are kept of a product: the latest. Records of
-- versions before 11 are in no set, and stay.
local KEPT_KEYS = 1000

local function record_key(sku, key) return TAG .. ':adj:' .. sku .. ':' .. key end

-- The scores rise with each key, also within a millisecond and after the clock stepped back.
local function keep_key(sku, key, now)
    local keys = TAG .. ':adjs:' .. sku
    local last = redis.call('ZRANGE', keys, -1, -1, 'WITHSCORES')[2]
    redis.call('ZADD', keys, text(math.max(now, last and tonumber(last) + 1 or 0)), key)
    for _, oldest in ipairs(redis.call('ZRANGE', keys, 0, -KEPT_KEYS - 1)) do
        redis.call('DEL', record_key(sku, oldest))
        redis.call('ZREM', keys, oldest)
    end
end

-- ARGV: sku, delta, reason, key, fingerprint
local function adjust(_, args)
    local sku, delta, reason = args[1], tonumber(args[2]), args[3]
    local record, now = record_key(sku, args[4]), now_ms()
    local kept = redis.call('HMGET', record, 'fingerprint', 'on_hand')
    if kept[1] then
        if kept[1] ~= args[5] then return { 'mismatch' } end
        return { 'replayed', kept[2] }
    end
    local on_hand, reserved = stock_of(sku)
    if not on_hand then return { 'none' } end
    if on_hand + delta < reserved then return { 'short', text(on_hand - reserved) } end
    if on_hand + delta > MOST then return { 'too_many' } end
    redis.call('HINCRBY', product_key(sku), 'on_hand', text(delta))
    redis.call('HINCRBY', product_key(sku), 'received', text(delta))
    redis.call('HSET', record, 'fingerprint', args[5], 'on_hand', text(on_hand + delta))
    index_stock(sku)
    keep_key(sku, args[4], now)
    movement(sku, 'adjusted', delta, reason, now)
    journal('adjusted', '', { sku, text(delta) })
    return { 'adjusted', text(on_hand + delta) }
end

-- The most members in one call of Redis: the stack of Lua holds no more than some thousand.
local MEMBERS = 1000

-- Removes members from each set of `leave`, and adds them to each of `enter`.
local function move(members, leave, enter)
    for at = 1, #members, MEMBERS do
        local last = math.min(at + MEMBERS - 1, #members)
        for _, key in ipairs(leave) do redis.call('SREM', key, unpack(members, at, last)) end
        for _, key in ipairs(enter) do redis.call('SADD', key, unpack(members, at, last)) end
    end
end

-- Returns the sets of those categories of `chain` that are not in `other`.
local function only_in(chain, other)
    local there, keys = as_set(other), {}
    for _, slug in ipairs(chain) do if not there[slug] then keys[#keys + 1] = category_key(slug) end end
    return keys
end

-- The most levels of the tree. Its JSON has two levels for each, and clients read about a hundred.
local LEVELS = 16

-- Returns true if a category has children. The search takes 0.4 ms with 2,000 categories. A quote in
-- a name is written as \", so no name is taken for a parent.
local function has_child(slug)
    local parent = ',"' .. slug .. '"]'
    for _, entry in ipairs(redis.call('HVALS', CATEGORIES)) do
        if string.find(entry, parent, 1, true) then return true end
    end
    return false
end

-- Returns the categories by their parent.
local function children()
    local tree, below = redis.call('HGETALL', CATEGORIES), {}
    for at = 1, #tree, 2 do
        local parent = string.match(tree[at + 1], ',"([^"]*)"%]$')
        below[parent] = below[parent] or {}
        table.insert(below[parent], tree[at])
    end
    return below
end

-- Returns the number of levels below a category. Only one with children needs a pass over all
-- categories.
local function levels_below(slug)
    if not has_child(slug) then return 0 end
    local below, level, levels = children(), { slug }, -1
    while next(level) do
        local lower = {}
        for _, parent in ipairs(level) do
            for _, child in ipairs(below[parent] or {}) do lower[#lower + 1] = child end
            below[parent] = nil
        end
        level, levels = lower, levels + 1
    end
    return levels
end

-- ARGV: slug, name, parent or ''. The work is proportional to the depth of the tree, and to the
-- number of products that move. If the category moves down, it is also to the number of categories.
local function put_category(_, args)
    local slug, name, parent = args[1], args[2], args[3]
    if parent ~= '' and not redis.call('HGET', CATEGORIES, parent) then return 'no_parent' end
    local above = ancestors(parent)
    for _, other in ipairs(above) do if other == slug then return 'cycle' end end
    local kept = redis.call('HGET', CATEGORIES, slug)
    local before = kept and ancestors(cjson.decode(kept)[2]) or {}
    -- A tree of a version without the limit may be deeper. Its categories move up, and never down.
    if #above > #before and #above + 1 + (kept and levels_below(slug) or 0) > LEVELS then return 'too_deep' end
    -- Its children stay below it: their products move with it from the old chain to the new one. A
    -- new category has products if it is made again.
    local leave, enter = only_in(before, above), only_in(above, before)
    if #leave + #enter > 0 then move(redis.call('SMEMBERS', category_key(slug)), leave, enter) end
    redis.call('HSET', CATEGORIES, slug, cjson.encode({ name, parent }))
    changed('category', slug, '', now_ms())
    return 'ok'
end

-- ARGV: slug
local function delete_category(_, args)
    local slug = args[1]
    if not redis.call('HGET', CATEGORIES, slug) then return 'none' end
    if redis.call('SCARD', category_key(slug)) > 0 then return 'in_use' end
    if has_child(slug) then return 'in_use' end
    redis.call('HDEL', CATEGORIES, slug)
    changed('category', slug, '', now_ms())
    return 'ok'
end

-- Returns the tree as slug, JSON of name and parent, and count.
local function categories()
    local tree, answer = redis.call('HGETALL', CATEGORIES), {}
    for at = 1, #tree, 2 do
        answer[#answer + 1] = { tree[at], tree[at + 1], redis.call('SCARD', category_key(tree[at])) }
    end
    return answer
end

local function tags()
    local answer = {}
    for _, tag in ipairs(redis.call('SMEMBERS', TAGS)) do answer[#answer + 1] = { tag, redis.call('SCARD', tag_key(tag)) } end
    return answer
end

redis.register_function('inv1_put_product', put_product)
redis.register_function { function_name = 'inv1_archive_product', callback = archive_product, flags = { 'allow-oom' } }
redis.register_function('inv1_adjust', adjust)
redis.register_function('inv1_put_category', put_category)
redis.register_function { function_name = 'inv1_delete_category', callback = delete_category, flags = { 'allow-oom' } }
redis.register_function { function_name = 'inv1_categories', callback = categories, flags = { 'no-writes' } }
redis.register_function { function_name = 'inv1_tags', callback = tags, flags = { 'no-writes' } }
