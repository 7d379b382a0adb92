//! The part of `cjson` that the libraries use.

use mlua::{Lua, Result, Table, Value, Variadic};

/// Returns the table with `encode` and `decode`.
pub(super) fn table(lua: &Lua) -> Result<Table> {
    let table = lua.create_table()?;
    table.set("encode", lua.create_function(|_, value: Value| encode(&value))?)?;
    table.set(
        "decode",
        lua.create_function(|lua, args: Variadic<String>| {
            let [text] = args.as_slice() else { return Err(error("decode takes one text")) };
            decode(lua, &serde_json::from_str(text).map_err(|wrong| error(&wrong.to_string()))?)
        })?,
    )?;
    Ok(table)
}

fn error(what: &str) -> mlua::Error {
    mlua::Error::runtime(format!("cjson: {what}"))
}

fn encode(value: &Value) -> Result<String> {
    Ok(match value {
        Value::String(text) => quoted(&text.to_str()?),
        Value::Integer(number) => number.to_string(),
        Value::Boolean(yes) => yes.to_string(),
        Value::Table(table) => {
            let count = table.raw_len();
            let mut fields = Vec::new();
            for pair in table.pairs::<Value, Value>() {
                fields.push(pair?);
            }
            if count > 0 && fields.len() == count {
                let items: Vec<String> =
                    (1..=count).map(|at| encode(&table.raw_get(at)?)).collect::<Result<_>>()?;
                format!("[{}]", items.join(","))
            } else {
                let mut texts = Vec::new();
                for (name, value) in &fields {
                    let Value::String(name) = name else { return Err(error("a list with holes")) };
                    texts.push(format!("{}:{}", quoted(&name.to_str()?), encode(value)?));
                }
                texts.sort();
                // An empty list becomes an object too.
                format!("{{{}}}", texts.join(","))
            }
        }
        other => return Err(error(&format!("{} is not encoded", other.type_name()))),
    })
}

/// Escapes slashes too, as `cjson` does and other encoders do not.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('/', "\\/")
}

fn decode(lua: &Lua, json: &serde_json::Value) -> Result<Value> {
    Ok(match json {
        serde_json::Value::String(text) => Value::String(lua.create_string(text)?),
        serde_json::Value::Bool(yes) => Value::Boolean(*yes),
        serde_json::Value::Number(number) => {
            Value::Number(number.as_f64().ok_or_else(|| error("no number"))?)
        }
        serde_json::Value::Array(items) => {
            let items: Vec<Value> = items.iter().map(|item| decode(lua, item)).collect::<Result<_>>()?;
            Value::Table(lua.create_sequence_from(items)?)
        }
        serde_json::Value::Object(fields) => {
            let table = lua.create_table()?;
            for (name, value) in fields {
                table.set(name.as_str(), decode(lua, value)?)?;
            }
            Value::Table(table)
        }
        serde_json::Value::Null => return Err(error("null is not decoded")),
    })
}
