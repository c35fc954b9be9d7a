//! The stack machine that a pickle is a program for.

use std::collections::HashMap;

use super::values::{Id, Node, TOO_LARGE, Values};

pub const CUT: &str = "its description of the tensors ends too early";
pub(super) const MALFORMED: &str = "its description of the tensors is malformed";

/// The state of a pickle that is being read.
#[derive(Default)]
pub(super) struct Machine<'a> {
    /// What is not read yet.
    pub(super) input: &'a [u8],
    pub(super) values: Values,
    stack: Vec<Id>,
    marks: Vec<usize>,
    memo: HashMap<u32, Id>,
}

impl<'a> Machine<'a> {
    pub(super) fn new(input: &'a [u8]) -> Self {
        Self {
            input,
            ..Self::default()
        }
    }

    /// Runs the program and returns its result.
    pub(super) fn run(&mut self) -> Result<Id, &'static str> {
        loop {
            let [opcode] = self.array()?;
            match opcode {
                b'.' => return self.pop(),
                0x80 => drop(self.array::<1>()?), // protocol
                0x95 => drop(self.array::<8>()?), // frame
                b'(' => self.marks.push(self.stack.len()),
                b'0' => drop(self.pop()?),
                b'1' => drop(self.pop_mark()?),
                b'2' => {
                    let top = *self.stack.last().ok_or(MALFORMED)?;
                    self.stack.push(top);
                }
                b'N' | 0x88 | 0x89 => self.push(Node::Opaque)?, // none, true, false
                b'J' => {
                    let value = i32::from_le_bytes(self.array()?);
                    self.push(Node::Int(value.into()))?;
                }
                b'K' => {
                    let [value] = self.array()?;
                    self.push(Node::Int(value.into()))?;
                }
                b'M' => {
                    let value = u16::from_le_bytes(self.array()?);
                    self.push(Node::Int(value.into()))?;
                }
                0x8a => {
                    let [length] = self.array()?;
                    self.long(length.into())?;
                }
                0x8b => {
                    let length = self.length4()?;
                    self.long(length)?;
                }
                b'G' => {
                    self.take(8)?;
                    self.push(Node::Opaque)?;
                }
                b'X' => {
                    let length = self.length4()?;
                    self.text(length)?;
                }
                0x8c => {
                    let [length] = self.array()?;
                    self.text(length.into())?;
                }
                0x8d => {
                    let length = self.length8()?;
                    self.text(length)?;
                }
                b'U' => {
                    let [length] = self.array()?;
                    self.text(length.into())?;
                }
                b'T' => {
                    let length = self.length4()?;
                    self.text(length)?;
                }
                b'C' => {
                    let [length] = self.array()?;
                    self.opaque(length.into())?;
                }
                b'B' => {
                    let length = self.length4()?;
                    self.opaque(length)?;
                }
                0x8e | 0x96 => {
                    let length = self.length8()?;
                    self.opaque(length)?;
                }
                b'}' => self.push(Node::Dict(Vec::new()))?,
                b']' | b')' | 0x8f => self.push(Node::Sequence(Vec::new()))?,
                b't' | b'l' | 0x91 => {
                    let items = self.pop_mark()?;
                    self.push(Node::Sequence(items))?;
                }
                count @ 0x85..=0x87 => {
                    let from = self.stack.len().checked_sub(usize::from(count - 0x84));
                    let items = self.stack.split_off(from.ok_or(MALFORMED)?);
                    self.push(Node::Sequence(items))?;
                }
                b'd' => {
                    let items = self.pop_mark()?;
                    self.push(Node::Dict(pairs(&items)))?;
                }
                b'a' => {
                    let item = self.pop()?;
                    self.extend(vec![item])?;
                }
                b'e' | 0x90 => {
                    let items = self.pop_mark()?;
                    self.extend(items)?;
                }
                b's' => {
                    let value = self.pop()?;
                    let key = self.pop()?;
                    self.insert(&[key, value])?;
                }
                b'u' => {
                    let items = self.pop_mark()?;
                    self.insert(&items)?;
                }
                b'c' => {
                    let module = self.line()?;
                    let name = self.line()?;
                    self.push(Node::Global(format!("{module} {name}")))?;
                }
                0x93 => {
                    let name = self.pop()?;
                    let module = self.pop()?;
                    let global = match (&self.values.0[module], &self.values.0[name]) {
                        (Node::Text(module), Node::Text(name)) => format!("{module} {name}"),
                        _ => return Err(MALFORMED),
                    };
                    self.push(Node::Global(global))?;
                }
                b'R' => {
                    let arguments = self.pop()?;
                    let function = self.pop()?;
                    let result = self.values.call(function, arguments);
                    self.push(result)?;
                }
                0x81 => {
                    self.pop()?;
                    self.pop()?;
                    self.push(Node::Object(None))?;
                }
                0x92 => {
                    self.pop()?;
                    self.pop()?;
                    self.pop()?;
                    self.push(Node::Object(None))?;
                }
                b'b' => {
                    let state = self.pop()?;
                    let object = *self.stack.last().ok_or(MALFORMED)?;
                    if let Node::Object(attributes) = &mut self.values.0[object] {
                        *attributes = Some(state);
                    }
                }
                b'Q' => {
                    let reference = self.pop()?;
                    let storage = self.values.storage(reference);
                    self.push(storage)?;
                }
                b'q' => {
                    let [slot] = self.array()?;
                    self.memorise(slot.into())?;
                }
                b'r' => {
                    let slot = u32::from_le_bytes(self.array()?);
                    self.memorise(slot)?;
                }
                0x94 => {
                    let slot = u32::try_from(self.memo.len()).map_err(|_| TOO_LARGE)?;
                    self.memorise(slot)?;
                }
                b'h' => {
                    let [slot] = self.array()?;
                    self.recall(slot.into())?;
                }
                b'j' => {
                    let slot = u32::from_le_bytes(self.array()?);
                    self.recall(slot)?;
                }
                _ => return Err("its description of the tensors uses a pickle from Python 2"),
            }
        }
    }

    fn push(&mut self, node: Node) -> Result<(), &'static str> {
        let id = self.values.push(node)?;
        self.stack.push(id);
        Ok(())
    }

    fn pop(&mut self) -> Result<Id, &'static str> {
        self.stack.pop().ok_or(MALFORMED)
    }

    fn pop_mark(&mut self) -> Result<Vec<Id>, &'static str> {
        let mark = self.marks.pop().ok_or(MALFORMED)?;
        if mark > self.stack.len() {
            return Err(MALFORMED);
        }
        Ok(self.stack.split_off(mark))
    }

    fn memorise(&mut self, slot: u32) -> Result<(), &'static str> {
        let top = *self.stack.last().ok_or(MALFORMED)?;
        self.memo.insert(slot, top);
        Ok(())
    }

    fn recall(&mut self, slot: u32) -> Result<(), &'static str> {
        let id = *self.memo.get(&slot).ok_or(MALFORMED)?;
        self.stack.push(id);
        Ok(())
    }

    fn extend(&mut self, items: Vec<Id>) -> Result<(), &'static str> {
        let list = *self.stack.last().ok_or(MALFORMED)?;
        if let Node::Sequence(list) = &mut self.values.0[list] {
            list.extend(items);
        }
        Ok(())
    }

    fn insert(&mut self, items: &[Id]) -> Result<(), &'static str> {
        let dict = *self.stack.last().ok_or(MALFORMED)?;
        if let Node::Dict(dict) = &mut self.values.0[dict] {
            dict.extend(pairs(items));
        }
        Ok(())
    }

    fn long(&mut self, length: usize) -> Result<(), &'static str> {
        let bytes = self.take(length)?;
        let node = match bytes.len() {
            0 => Node::Int(0),
            length @ 1..=8 => {
                let negative = bytes[length - 1] & 0x80 != 0;
                let mut whole = [if negative { 0xff } else { 0 }; 8];
                whole[..length].copy_from_slice(bytes);
                Node::Int(i64::from_le_bytes(whole))
            }
            _ => Node::Opaque,
        };
        self.push(node)
    }

    fn text(&mut self, length: usize) -> Result<(), &'static str> {
        let text = String::from_utf8_lossy(self.take(length)?).into_owned();
        self.push(Node::Text(text))
    }

    fn opaque(&mut self, length: usize) -> Result<(), &'static str> {
        self.take(length)?;
        self.push(Node::Opaque)
    }

    fn take(&mut self, length: usize) -> Result<&[u8], &'static str> {
        let (taken, rest) = self.input.split_at_checked(length).ok_or(CUT)?;
        self.input = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], &'static str> {
        let (taken, rest) = self.input.split_first_chunk().ok_or(CUT)?;
        self.input = rest;
        Ok(*taken)
    }

    fn length4(&mut self) -> Result<usize, &'static str> {
        usize::try_from(u32::from_le_bytes(self.array()?)).map_err(|_| CUT)
    }

    fn length8(&mut self) -> Result<usize, &'static str> {
        usize::try_from(u64::from_le_bytes(self.array()?)).map_err(|_| CUT)
    }

    fn line(&mut self) -> Result<String, &'static str> {
        let end = self
            .input
            .iter()
            .position(|byte| *byte == b'\n')
            .ok_or(CUT)?;
        let line = String::from_utf8_lossy(&self.input[..end]).into_owned();
        self.input = &self.input[end + 1..];
        Ok(line)
    }
}

fn pairs(items: &[Id]) -> Vec<(Id, Id)> {
    items
        .as_chunks()
        .0
        .iter()
        .map(|[key, value]| (*key, *value))
        .collect()
}
