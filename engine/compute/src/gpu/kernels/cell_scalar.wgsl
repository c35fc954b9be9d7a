// One channel.
alias Cell = f32;

fn activate_cell(cell: Cell) -> Cell {
    return activate(cell);
}
